import CachefilesFormat
import LinuxIO
import SystemPackage

/// Removes an entry with everything in it, from its parent's descriptor: the one place of the store that deletes.
///
/// It follows no link, enters no mount point, and needs neither stack nor descriptors for depth: one directory is open
/// at a time, and the way back up is checked against the directory that was left.
struct TreeRemover {
  /// How many entries have been removed.
  private(set) var removed = 0
  /// The allocated bytes of those of them that had no other name.
  private(set) var freedBytes: UInt64 = 0
  /// The first thing that could not be removed.
  private(set) var firstError: Errno?
  /// Called for each entry that could not be removed, with its path below the one that was asked for.
  private let onFailure: ([UInt8], Errno) -> Void
  private let isCancelled: () -> Bool

  init(
    isCancelled: @escaping () -> Bool = { false }, onFailure: @escaping ([UInt8], Errno) -> Void = { _, _ in }
  ) {
    self.isCancelled = isCancelled
    self.onFailure = onFailure
  }

  /// Removes an entry, whatever it is, and tells the first reason why something of it is left.
  @discardableResult
  static func remove(_ name: EntryName, in parent: borrowing OwnedDescriptor) -> Errno? {
    var remover = TreeRemover()
    remover.remove(name, in: parent)
    return remover.firstError
  }

  /// Removes a file if it still is the one that was looked at: ESTALE when its inode, its size, or its last use or change
  /// is another.
  static func remove(_ name: EntryName, _ seen: FileStatus, in parent: borrowing OwnedDescriptor) throws(Errno) {
    let status = try parent.status(of: name)
    guard status.kind == .regular, status.inode == seen.inode, status.size == seen.size,
      status.accessTime == seen.accessTime, status.modificationTime == seen.modificationTime
    else { throw .staleNFSFileHandle }
    if status.isMountPoint || status.device != seen.device { throw .resourceBusy }
    try parent.unlink(name)
  }

  /// Removes the empty fanout directories of a volume, and the volume if nothing is left in it; gives their number.
  static func removeEmptyFanouts(of volume: EntryName, in cache: borrowing OwnedDescriptor) throws(Errno) -> Int {
    let directory = try cache.open(volume, .directory)
    let buffer = DirectoryBuffer(capacity: 64 << 10)
    var fanouts: [EntryName] = []
    while try buffer.fill(from: directory) {
      buffer.forEach { record in
        if Fanout(directoryName: record.name) != nil, let name = record.entryName { fanouts.append(name) }
      }
    }
    var removed = 0
    for fanout in fanouts { removed += try removeIfEmpty(fanout, in: directory) }
    return removed + (try removeIfEmpty(volume, in: cache))
  }

  private static func removeIfEmpty(_ name: EntryName, in parent: borrowing OwnedDescriptor) throws(Errno) -> Int {
    do throws(Errno) {
      try parent.removeDirectory(name)
      return 1
    } catch {
      guard error == .directoryNotEmpty || error == .fileExists || error == .noSuchFileOrDirectory else { throw error }
      return 0
    }
  }

  /// A directory on the way from the entry to where the work is.
  private struct Level {
    var name: EntryName
    var device: UInt64
    var inode: UInt64
    /// Directories in it that have not been entered.
    var waiting: [EntryName] = []
    /// Whether there may be more entries than have been read.
    var isUnread = true
    /// What could not be removed, so that it is not tried for ever.
    var failed: Set<EntryName> = []
  }

  /// Removes an entry, whatever it is. What cannot be removed stays, and all else goes on.
  mutating func remove(_ name: EntryName, in parent: borrowing OwnedDescriptor) {
    do throws(Errno) {
      let status = try parent.status(of: name)
      guard status.kind == .directory else { return try removeFile(name, status, in: parent) }
      var directory = try enter(name, in: parent, device: status.device)
      var levels = [Level(name: name, device: status.device, inode: status.inode)]
      while var level = levels.popLast() {
        if level.isUnread, level.waiting.isEmpty { readEntries(of: directory, &level, levels) }
        if isCancelled() { return }
        if let next = level.waiting.popLast() {
          do throws(Errno) {
            let below = try enter(next, in: directory, device: status.device)
            let found = try below.status()
            levels.append(level)
            levels.append(Level(name: next, device: found.device, inode: found.inode))
            directory = below
          } catch {
            fail(next, error, &level, levels)
            levels.append(level)
          }
          continue
        }
        if level.isUnread {
          levels.append(level)
          continue
        }
        // Everything in it that can go is gone.
        guard var above = levels.popLast() else {
          removeDirectory(level, in: parent, nil, levels)
          return
        }
        directory = try up(from: directory, to: above)
        removeDirectory(level, in: directory, { above.failed.insert($0) }, levels + [above])
        levels.append(above)
      }
    } catch {
      if error != .noSuchFileOrDirectory { fail(path: name.bytes, error) }
    }
  }

  private mutating func removeFile(
    _ name: EntryName, _ status: FileStatus, in parent: borrowing OwnedDescriptor
  ) throws(Errno) {
    if status.isMountPoint { throw .resourceBusy }
    try parent.unlink(name)
    removed += 1
    if status.links <= 1 { freedBytes &+= status.allocatedBytes }
  }

  /// Opens a directory below another on the same file system, made accessible where it is not.
  private func enter(
    _ name: EntryName, in parent: borrowing OwnedDescriptor, device: UInt64
  ) throws(Errno) -> OwnedDescriptor {
    let status = try parent.status(of: name)
    guard status.kind == .directory else { throw .staleNFSFileHandle }
    guard !status.isMountPoint, status.device == device else { throw .resourceBusy }
    if status.permissions & 0o700 != 0o700 { try parent.setPermissions(of: name, 0o700) }
    let directory = try parent.open(name, .directory)
    guard try directory.status().inode == status.inode else { throw .staleNFSFileHandle }
    return directory
  }

  /// The directory above, if it still is the one that was left.
  private func up(from directory: borrowing OwnedDescriptor, to level: Level) throws(Errno) -> OwnedDescriptor {
    let above = try directory.openParent()
    let status = try above.status()
    guard status.device == level.device, status.inode == level.inode else { throw .staleNFSFileHandle }
    return above
  }

  /// Unlinks what is no directory and notes the directories, as many as fit one round.
  private mutating func readEntries(
    of directory: borrowing OwnedDescriptor, _ level: inout Level, _ above: [Level]
  ) {
    let buffer = DirectoryBuffer(capacity: 64 << 10)
    // Removing may hide entries from a reader: it is read until there is nothing new.
    level.isUnread = false
    do throws(Errno) {
      try directory.rewind()
      while try buffer.fill(from: directory) {
        var names: [(EntryName, FileStatus.Kind)] = []
        buffer.forEach { record in if let name = record.entryName { names.append((name, record.kind)) } }
        for (name, kind) in names where !level.failed.contains(name) {
          if isCancelled() { return }
          level.isUnread = true
          if kind == .directory {
            level.waiting.append(name)
            continue
          }
          do throws(Errno) {
            let status = try directory.status(of: name)
            if status.kind == .directory {
              level.waiting.append(name)
            } else {
              try removeFile(name, status, in: directory)
            }
          } catch {
            if error != .noSuchFileOrDirectory { fail(name, error, &level, above) }
          }
        }
        if level.waiting.count >= 4096 { return }
      }
    } catch {
      fail(path: Self.path(above + [level]), error)
    }
  }

  private mutating func removeDirectory(
    _ level: Level, in parent: borrowing OwnedDescriptor, _ note: ((EntryName) -> Void)?, _ above: [Level]
  ) {
    do throws(Errno) {
      let status = try parent.status(of: level.name)
      guard status.inode == level.inode else { throw .staleNFSFileHandle }
      try parent.removeDirectory(level.name)
      removed += 1
      freedBytes &+= status.allocatedBytes
    } catch {
      note?(level.name)
      // What is in it has been named already.
      if level.failed.isEmpty || error != .directoryNotEmpty {
        fail(path: Self.path(above + [level]), error)
      }
    }
  }

  private mutating func fail(_ name: EntryName, _ error: Errno, _ level: inout Level, _ above: [Level]) {
    level.failed.insert(name)
    fail(path: Self.path(above + [level]).appending(component: name.bytes), error)
  }

  private mutating func fail(path: [UInt8], _ error: Errno) {
    if firstError == nil { firstError = error }
    onFailure(path, error)
  }

  private static func path(_ levels: [Level]) -> [UInt8] {
    levels.reduce(into: []) { path, level in
      if !path.isEmpty { path.append(UInt8(ascii: "/")) }
      path += level.name.bytes
    }
  }
}
