import CachefilesFormat
import LinuxIO
import SystemPackage

/// A look through what is about to be buried, for what must not come to lie in the graveyard. Changes nothing.
///
/// cachefilesd removes everything in the graveyard when it starts: it would go into what is mounted there, and it ends at
/// what it cannot remove. The walk crosses no mount point, follows no link, and has one directory open at a time.
struct BurialSurvey {
  /// What keeps an entry where it is.
  enum Obstacle: Equatable, CustomStringConvertible {
    /// Something is mounted at this path below the root.
    case mount([UInt8])
    /// The flag of what stands at this path, in a word.
    case flag([UInt8], String)
    /// The object at this path may hold writes that the server never got.
    case dirty([UInt8])
    /// There is more in it than is looked through.
    case size(Int)

    /// Why it stays, in a few words.
    var description: String {
      switch self {
      case .mount(let path): "it stays: something is mounted on \(EscapedBytes.string(path))"
      case .flag(let path, let word): "it stays: \(EscapedBytes.string(path)) is \(word)"
      case .dirty(let path): "it stays without --include-dirty: \(EscapedBytes.string(path)) is dirty"
      case .size(let limit): "it stays: there are more than \(limit) entries in it"
      }
    }
  }

  /// At most so many entries are looked at.
  static let limit = 10_000_000

  /// Whether dirty objects are in the way.
  let sparesDirty: Bool
  /// Asked before each directory; true ends the walk with EINTR.
  let isCancelled: () -> Bool
  private let buffer = DirectoryBuffer(capacity: 64 << 10)
  /// Large enough for any attribute that Linux keeps.
  private let values = AttributeBuffer(capacity: 64 << 10)

  /// Prepares a walk.
  init(sparesDirty: Bool, isCancelled: @escaping () -> Bool) {
    self.sparesDirty = sparesDirty
    self.isCancelled = isCancelled
  }

  /// A directory on the way down, with the directories below it that are still to be seen.
  private struct Level {
    var name: [UInt8]
    var inode: UInt64
    var below: [EntryName]
  }

  /// The first thing that is in the way of a burial; nil when there is none. An entry's own flag is not: it forbids the
  /// move by itself.
  ///
  /// - Throws: `Errno` for what cannot be looked at; ESTALE when directories are moved meanwhile.
  func obstacle(to path: [UInt8], in store: borrowing Store) throws(Errno) -> Obstacle? {
    let device = store.rootStatus.device
    return try store.withParent(of: path) { (parent, name) throws(Errno) -> Obstacle? in
      let status = try parent.status(of: name)
      if status.isMountPoint || status.device != device { return .mount(path) }
      if status.kind == .regular, sparesDirty {
        return isDirty(try parent.open(name, .inspect).attribute(CacheAttribute.name)) ? .dirty(path) : nil
      }
      guard status.kind == .directory else { return nil }
      return try walk(try parent.open(name, .directory), path, device)
    }
  }

  private func walk(
    _ top: consuming OwnedDescriptor, _ path: [UInt8], _ device: UInt64
  ) throws(Errno) -> Obstacle? {
    var current = top
    var seen = 0
    var levels = [Level(name: path, inode: try current.status().inode, below: [])]
    var reads = true
    while let level = levels.last {
      if reads {
        if isCancelled() { throw .interrupted }
        let listing = try read(current, device, &seen)
        if let found = listing.found { return found.obstacle(Self.path(levels, found.name)) }
        if seen > Self.limit { return .size(Self.limit) }
        levels[levels.count - 1].below = listing.directories
        reads = false
      } else if let next = level.below.last {
        levels[levels.count - 1].below.removeLast()
        current = try current.open(next, .directory)
        let status = try current.status()
        levels.append(Level(name: next.bytes, inode: status.inode, below: []))
        if status.isMountPoint || status.device != device { return .mount(Self.path(levels)) }
        reads = true
      } else {
        levels.removeLast()
        guard let above = levels.last else { break }
        current = try current.openParent()
        guard try current.status().inode == above.inode else { throw .staleNFSFileHandle }
      }
    }
    return nil
  }

  /// What a directory holds: the directories, and the first thing that is in the way.
  private struct Listing {
    var directories: [EntryName] = []
    var found: (name: [UInt8], obstacle: ([UInt8]) -> Obstacle)?
  }

  private func read(
    _ directory: borrowing OwnedDescriptor, _ device: UInt64, _ seen: inout Int
  ) throws(Errno) -> Listing {
    var listing = Listing()
    while listing.found == nil, try buffer.fill(from: directory) {
      try buffer.forEach { (record) throws(Errno) in
        if listing.found != nil { return }
        seen += 1
        let status = try record.status(in: directory)
        let name = record.name
        if status.isMountPoint || status.device != device {
          listing.found = (name.array, Obstacle.mount)
        } else if let word = status.stuckWords {
          listing.found = (name.array, { Obstacle.flag($0, word) })
        } else if status.kind == .directory {
          guard let name = record.entryName else { throw .invalidArgument }
          listing.directories.append(name)
        } else if status.kind == .regular, sparesDirty, try isDirty(record, in: directory) {
          listing.found = (name.array, Obstacle.dirty)
        }
      }
      if seen > Self.limit { break }
    }
    return listing
  }

  private func isDirty(
    _ record: borrowing DirectoryRecord, in directory: borrowing OwnedDescriptor
  ) throws(Errno) -> Bool {
    switch record.attribute(CacheAttribute.name, in: directory, into: values) {
    case .value(let count):
      return count >= ObjectRecord.headerLength && values.bytes(count)[17] == Content.dirty.rawValue
    case .absent: return false
    case .longer: return true
    case .failed(let error):
      if error == .notSupported || error == .notSupportedOnSocket { return false }
      throw error
    }
  }

  private func isDirty(_ value: [UInt8]?) -> Bool {
    guard let value, value.count >= ObjectRecord.headerLength else { return false }
    return value[17] == Content.dirty.rawValue
  }

  private static func path(_ levels: [Level], _ name: [UInt8]? = nil) -> [UInt8] {
    let names = levels.map(\.name) + (name.map { [$0] } ?? [])
    return Array(names.joined(separator: [UInt8(ascii: "/")]))
  }
}
