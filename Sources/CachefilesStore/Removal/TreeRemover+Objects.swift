import CachefilesFormat
import LinuxIO
import SystemPackage

extension TreeRemover {
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
}
