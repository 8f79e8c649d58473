import CachefilesFormat
import LinuxIO
import SystemPackage

/// What a part of a cache adds up to.
public struct Tally: Sendable, Equatable {
  /// Objects: regular files at an object's place.
  public var objects = 0
  /// Allocated bytes, directories included.
  public var diskBytes: UInt64 = 0
  /// The sum of the files' lengths in bytes.
  public var fileBytes: UInt64 = 0
  /// With records: the sum of the sizes that the netfs files have, in bytes.
  public var objectBytes: UInt64 = 0
  /// With records: objects that were open for writing.
  public var dirtyObjects = 0
  /// With extents: bytes of data, the rest being holes.
  public var dataBytes: UInt64 = 0
  /// With extents: the number of runs of data.
  public var extents = 0
  /// The newest access time, nanoseconds since 1970; nil without objects.
  public var newestAccess: Int64?
  /// The oldest access time, nanoseconds since 1970; nil without objects.
  public var oldestAccess: Int64?

  /// An empty tally.
  public init() {}

  /// Adds another tally.
  public static func += (left: inout Tally, right: Tally) {
    left.objects += right.objects
    left.diskBytes &+= right.diskBytes
    left.fileBytes &+= right.fileBytes
    left.objectBytes &+= right.objectBytes
    left.dirtyObjects += right.dirtyObjects
    left.dataBytes &+= right.dataBytes
    left.extents += right.extents
    if let time = right.newestAccess { left.newestAccess = max(left.newestAccess ?? time, time) }
    if let time = right.oldestAccess { left.oldestAccess = min(left.oldestAccess ?? time, time) }
  }

  /// Counts one object's access time.
  @inline(__always)
  mutating func note(access time: Int64) {
    if newestAccess ?? .min < time { newestAccess = time }
    if oldestAccess ?? .max > time { oldestAccess = time }
  }
}

/// Adds up a cache: totals, volumes, schemes, and what else lies in the directory.
///
/// Files with several hard links add their bytes once, as `du` counts them.
public struct Statistics: ScanVisitor, Sendable {
  /// Whether to ask for runs of data, which opens every object.
  public var wantsExtents: Bool
  private let isLive: Bool
  /// Tallies by volume number.
  public private(set) var volumes: [Tally] = []
  /// Objects of the layout before 5.17.
  public private(set) var legacy = Tally()
  /// The graveyard: every entry below it counts as an object.
  public private(set) var graveyard = Tally()
  /// Entries that do not belong to a cache, and what stands at an object's place without being a regular file.
  public private(set) var foreign = Tally()
  /// The directories of the layout: root, `cache`, `graveyard`.
  public private(set) var frame = Tally()
  /// Objects by the first letter of their names: `D S T E`, then all others.
  public private(set) var schemes = [Int](repeating: 0, count: 5)
  /// Fanout directories.
  public private(set) var fanouts = 0
  /// Entries that could not be opened for their extents.
  public private(set) var errors: [StoreError] = []

  private var linked: [UInt64: LinkedFile] = [:]

  private enum Part: Sendable {
    case volume(Int)
    case legacy, graveyard, foreign
  }

  private struct LinkedFile: Sendable {
    var part: Part
    var key: [UInt8]
    var tally: Tally

    /// Whether the bytes belong here rather than there, whichever name was seen first: volumes come before all else,
    /// in the order of their keys.
    func precedes(_ other: LinkedFile) -> Bool {
      rank == other.rank ? key.lexicographicallyPrecedes(other.key) : rank < other.rank
    }

    private var rank: Int {
      switch part {
      case .volume: 0
      case .legacy: 1
      case .graveyard: 2
      case .foreign: 3
      }
    }
  }

  /// Starts at nothing.
  ///
  /// - Parameter isLive: whether a kernel holds the cache, so that entries may change while they are looked at.
  public init(wantsExtents: Bool = false, isLive: Bool = false) {
    self.wantsExtents = wantsExtents
    self.isLive = isLive
  }

  /// Counts one entry.
  @inline(__always)
  public mutating func visit(_ entry: borrowing ScanEntry) {
    let isObject = entry.status.kind == .regular
    var tally = Tally()
    tally.diskBytes = entry.status.allocatedBytes
    let part: Part
    switch entry.place {
    case .object where isObject:
      guard let volume = entry.volume else { return }
      part = .volume(volume.index)
      tally.objects = 1
      tally.fileBytes = entry.status.size
      tally.note(access: entry.status.accessTime)
      schemes[Self.schemeIndex(entry.name[0])] += 1
      read(entry, &tally)
      findData(entry, &tally)
    case .volume, .fanout:
      guard let volume = entry.volume, entry.status.kind == .directory else {
        part = .foreign
        tally.objects = 1
        break
      }
      if entry.place == .fanout { fanouts += 1 }
      part = .volume(volume.index)
    case .legacy:
      part = .legacy
      if isObject {
        tally.objects = 1
        tally.fileBytes = entry.status.size
        tally.note(access: entry.status.accessTime)
        findData(entry, &tally)
      }
    case .buried:
      part = .graveyard
      tally.objects = 1
      if isObject { tally.fileBytes = entry.status.size }
    case .root, .cache, .graveyard:
      frame += tally
      return
    case .object, .foreign:
      part = .foreign
      tally.objects = 1
      if isObject { tally.fileBytes = entry.status.size }
    }
    if entry.status.links > 1, entry.status.kind != .directory {
      link(entry, part, &tally)
    }
    add(tally, to: part)
  }

  /// The bytes of a file with several names are set aside until all of them are known.
  private mutating func link(_ entry: borrowing ScanEntry, _ part: Part, _ tally: inout Tally) {
    note(entry.status.inode, LinkedFile(part: part, key: entry.volume?.key ?? [], tally: tally.withoutCounts))
    tally = tally.onlyCounts
  }

  private mutating func note(_ inode: UInt64, _ file: LinkedFile) {
    if let other = linked[inode], !file.precedes(other) { return }
    linked[inode] = file
  }

  private func read(_ entry: borrowing ScanEntry, _ tally: inout Tally) {
    if case .value = entry.attribute, entry.attributeValue.count >= ObjectRecord.headerLength {
      tally.objectBytes = entry.attributeValue.load(UInt64.self, at: 0, .big)
      if entry.attributeValue[17] == Content.dirty.rawValue { tally.dirtyObjects = 1 }
    }
  }

  private mutating func findData(_ entry: borrowing ScanEntry, _ tally: inout Tally) {
    guard wantsExtents, entry.status.size > 0 else { return }
    do throws(StoreError) {
      let file = try entry.open()
      var bytes: UInt64 = 0
      var count = 0
      do {
        try file.forEachDataExtent(size: entry.status.size) { extent in
          bytes += extent.length
          count += 1
        }
      } catch {
        errors.append(StoreError(path: entry.path, operation: "find the data of", error: error))
      }
      tally.dataBytes = bytes
      tally.extents = count
    } catch {
      // Gone or replaced since it was looked at, as happens on a live cache.
      let hasChanged = error.error == .noSuchFileOrDirectory || error.error == .staleNFSFileHandle
      if !isLive || !hasChanged { errors.append(error) }
    }
  }

  private mutating func add(_ tally: Tally, to part: Part) {
    switch part {
    case .volume(let index):
      while volumes.count <= index { volumes.append(Tally()) }
      volumes[index] += tally
    case .legacy: legacy += tally
    case .graveyard: graveyard += tally
    case .foreign: foreign += tally
    }
  }

  /// Adds another thread's counts.
  public mutating func merge(_ other: consuming Statistics) {
    for (index, tally) in other.volumes.enumerated() { add(tally, to: .volume(index)) }
    legacy += other.legacy
    graveyard += other.graveyard
    foreign += other.foreign
    frame += other.frame
    for index in schemes.indices { schemes[index] += other.schemes[index] }
    fanouts += other.fanouts
    errors += other.errors
    for (inode, file) in other.linked { note(inode, file) }
  }

  /// Adds the bytes of files with several names, once each. Called once, after the last merge.
  public mutating func settleLinks() {
    for file in linked.values { add(file.tally, to: file.part) }
    linked.removeAll()
  }

  /// Everything added up: allocated bytes are those of `du -s` of the root directory.
  public var totals: Tally {
    var totals = legacy
    for tally in volumes { totals += tally }
    totals.diskBytes &+= graveyard.diskBytes &+ foreign.diskBytes &+ frame.diskBytes
    return totals
  }

  @inline(__always)
  private static func schemeIndex(_ letter: UInt8) -> Int {
    switch letter {
    case UInt8(ascii: "D"): 0
    case UInt8(ascii: "S"): 1
    case UInt8(ascii: "T"): 2
    case UInt8(ascii: "E"): 3
    default: 4
    }
  }
}

extension Tally {
  /// The counts without the bytes.
  fileprivate var onlyCounts: Tally {
    var tally = self
    tally.diskBytes = 0
    tally.fileBytes = 0
    tally.dataBytes = 0
    tally.extents = 0
    return tally
  }

  /// The bytes without the counts.
  fileprivate var withoutCounts: Tally {
    var tally = Tally()
    tally.diskBytes = diskBytes
    tally.fileBytes = fileBytes
    tally.dataBytes = dataBytes
    tally.extents = extents
    return tally
  }
}
