// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
package import LinuxIO
import SystemPackage

/// Adds up a cache: totals, volumes, schemes, and what else lies in the directory.
///
/// Files with several hard links add their bytes once, as `du` counts them.
package struct Statistics: ScanVisitor, Sendable {
  /// Whether to ask for runs of data, which opens every object.
  package var wantsExtents: Bool
  private let isLive: Bool
  private let ages: AgeClasses
  /// Tallies by volume number.
  package private(set) var volumes: [Tally] = []
  /// Objects of the layout before 5.17.
  package private(set) var legacy = Tally()
  /// The graveyard: every entry below it counts as an object.
  package private(set) var graveyard = Tally()
  /// Entries that do not belong to a cache, and what stands at an object's place without being a regular file.
  package private(set) var foreign = Tally()
  /// The directories of the layout: root, `cache`, `graveyard`.
  package private(set) var frame = Tally()
  /// Objects by fanout directory, length, last use and encoding.
  package private(set) var distributions = Distributions()
  /// Fanout directories.
  package private(set) var fanouts = 0
  /// Entries that could not be opened for their extents.
  package private(set) var errors: [StoreError] = []

  private var linked: [UInt64: LinkedFile] = [:]

  private enum Part: Sendable {
    case volume(Int)
    case legacy, graveyard, foreign
  }

  private struct LinkedFile: Sendable {
    var part: Part
    var key: [UInt8]
    var classes: ObjectClasses?
    var tally: Tally

    /// Whether the bytes belong here rather than there, whichever name was seen first: volumes come before all else,
    /// in the order of their keys.
    func precedes(_ other: LinkedFile) -> Bool {
      if rank != other.rank { return rank < other.rank }
      if key != other.key { return key.lexicographicallyPrecedes(other.key) }
      guard let classes, let others = other.classes else { return false }
      return classes.precedes(others)
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
  /// - Parameters:
  ///   - isLive: whether a kernel holds the cache, so that entries may change while they are looked at.
  ///   - now: the time from which ages count.
  package init(wantsExtents: Bool = false, isLive: Bool = false, now: Timestamp) {
    self.wantsExtents = wantsExtents
    self.isLive = isLive
    ages = AgeClasses(now: now)
  }

  /// Counts one entry.
  @inline(__always)
  package mutating func visit(_ entry: borrowing ScanEntry) { _ = count(entry) }

  /// Counts one entry and gives what it adds up to; nil for what is no object of a volume.
  @inline(__always)
  mutating func count(_ entry: borrowing ScanEntry) -> Tally? {
    // What is mounted over an object is none: no kernel's cache reaches it.
    let isObject = entry.status.kind == .regular && !entry.status.isMountPoint
    var tally = Tally()
    tally.diskBytes = entry.status.allocatedBytes
    let part: Part
    var classes: ObjectClasses?
    switch entry.place {
    case .object where isObject:
      guard let volume = entry.volumeTraits else { return nil }
      part = .volume(volume.index)
      tally.objects = 1
      tally.fileBytes = entry.status.size
      tally.note(access: entry.status.access)
      classes = ObjectClasses(
        fanout: entry.fanout ?? 0, size: UInt8(SizeClass.index(of: entry.status.size)),
        age: UInt8(ages.index(of: entry.status.access)), encoding: Self.encodingIndex(entry.name[0]))
      findData(entry, &tally, of: read(entry, &tally))
    case .volume, .fanout:
      guard let volume = entry.volumeTraits, entry.status.kind == .directory else {
        part = .foreign
        tally.objects = 1
        break
      }
      if case .fanout = entry.place {
        fanouts += 1
        if let number = Fanout(directoryName: entry.name)?.number {
          distributions.add(directory: tally.diskBytes, fanout: number)
        }
      }
      part = .volume(volume.index)
    case .legacy:
      part = .legacy
      if isObject {
        tally.objects = 1
        tally.fileBytes = entry.status.size
        tally.note(access: entry.status.access)
        findData(entry, &tally, of: nil)
      }
    case .buried:
      part = .graveyard
      tally.objects = 1
      if isObject { tally.fileBytes = entry.status.size }
    case .root, .cache, .graveyard:
      frame += tally
      return nil
    case .object, .foreign:
      part = .foreign
      tally.objects = 1
      if isObject { tally.fileBytes = entry.status.size }
    }
    let whole = classes == nil ? nil : tally
    if entry.status.links > 1, entry.status.kind != .directory {
      link(entry, part, classes, &tally)
    }
    add(tally, to: part, classes)
    return whole
  }

  /// The bytes of a file with several names are set aside until all of them are known.
  private mutating func link(
    _ entry: borrowing ScanEntry, _ part: Part, _ classes: ObjectClasses?, _ tally: inout Tally
  ) {
    note(
      entry.status.inode,
      LinkedFile(part: part, key: entry.volume?.key ?? [], classes: classes, tally: tally.withoutCounts))
    tally = tally.onlyCounts
  }

  private mutating func note(_ inode: UInt64, _ file: LinkedFile) {
    if let other = linked[inode], !file.precedes(other) { return }
    linked[inode] = file
  }

  /// Reads the record, and gives the size of the netfs file; nil where it was not asked for or is none.
  private func read(_ entry: borrowing ScanEntry, _ tally: inout Tally) -> UInt64? {
    guard case .value = entry.attribute, let record = ObjectRecordView(entry.attributeValue) else { return nil }
    if !entry.dirtiness.isClean { tally.dirtyObjects = 1 }
    // A damaged record: no file is so long, and one of them would be all that there is.
    guard record.objectSize < 1 << 63 else { return nil }
    tally.objectBytes = record.objectSize
    return record.objectSize
  }

  private mutating func findData(_ entry: borrowing ScanEntry, _ tally: inout Tally, of objectSize: UInt64?) {
    guard wantsExtents, entry.status.size > 0 else { return }
    do throws(StoreError) {
      let file = try entry.open()
      var (bytes, cached) = (UInt64(0), UInt64(0))
      var count = 0
      do {
        try file.forEachDataExtent(size: entry.status.size) { extent in
          bytes += extent.length
          if let objectSize { cached += extent.length(within: objectSize) }
          count += 1
        }
      } catch {
        errors.append(StoreError(path: entry.path, operation: "find the data of", error: error))
      }
      (tally.dataBytes, tally.cachedBytes) = (bytes, cached)
      tally.extents = count
    } catch {
      // Gone or replaced since it was looked at, as happens on a live cache.
      let hasChanged = error.error == .noSuchFileOrDirectory || error.error == .staleNFSFileHandle
      if !isLive || !hasChanged { errors.append(error) }
    }
  }

  private mutating func add(_ tally: Tally, to part: Part, _ classes: ObjectClasses?) {
    if let classes { distributions.add(tally, classes) }
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
  package mutating func merge(_ other: consuming Statistics) {
    for (index, tally) in other.volumes.enumerated() { add(tally, to: .volume(index), nil) }
    legacy += other.legacy
    graveyard += other.graveyard
    foreign += other.foreign
    frame += other.frame
    distributions.merge(other.distributions)
    fanouts += other.fanouts
    errors += other.errors
    for (inode, file) in other.linked { note(inode, file) }
  }

  /// Adds the bytes of files with several names, once each. Called once, after the last merge.
  package mutating func countSharedFiles() {
    for file in linked.values { add(file.tally, to: file.part, file.classes) }
    linked.removeAll()
  }

  /// Objects by the first letter of their names: `D S T E`, then all others.
  package var schemes: [Int] { distributions.encodings.map(\.objects) }

  /// Everything added up: allocated bytes are those of `du -s` of the root directory.
  package var totals: Tally {
    var totals = legacy
    for tally in volumes { totals += tally }
    totals.diskBytes &+= graveyard.diskBytes &+ foreign.diskBytes &+ frame.diskBytes
    return totals
  }

  @inline(__always)
  private static func encodingIndex(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "D"): 0
    case UInt8(ascii: "S"): 1
    case UInt8(ascii: "T"): 2
    case UInt8(ascii: "E"): 3
    default: 4
    }
  }
}
