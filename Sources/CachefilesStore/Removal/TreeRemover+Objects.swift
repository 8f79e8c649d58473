// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import LinuxIO
package import SystemPackage

extension TreeRemover {
  /// Removes a file if it still is the one that was looked at: ESTALE when its inode, its size, or its last use or change
  /// is another.
  package static func remove(_ name: EntryName, _ seen: SeenFile, in parent: borrowing OwnedDescriptor) throws(Errno) {
    let status = try parent.status(of: name)
    guard seen.matches(status) else { throw .staleNFSFileHandle }
    if status.isMountPoint || status.device != seen.device { throw .resourceBusy }
    try parent.unlink(name)
  }

  /// Removes the empty fanout directories of a volume, and the volume if nothing is left in it; gives their number.
  ///
  /// - Parameters:
  ///   - device: the file system that is not left.
  ///   - keeps: whether a fanout directory is to stay, or the volume itself, for which it gets nil.
  ///   - onFailure: called for each of them that cannot be removed though nothing is in it.
  /// - Throws: what kept it from the whole volume; EXDEV where something is mounted.
  package static func removeEmptyFanouts(
    of volume: EntryName, in cache: borrowing OwnedDescriptor, on device: UInt64, keeps: (EntryName?) -> Bool,
    onFailure: (EntryName?, Errno) -> Void
  ) throws(Errno) -> Int {
    let directory = try cache.open(volume, .directory)
    try requireOwn(directory, on: device)
    let buffer = DirectoryBuffer(capacity: 64 << 10)
    var fanouts: [EntryName] = []
    while try buffer.fill(from: directory) {
      buffer.forEach { record in
        if Fanout(directoryName: record.name) != nil, let name = record.entryName { fanouts.append(name) }
      }
    }
    var removed = 0
    for fanout in fanouts where !keeps(fanout) {
      do throws(Errno) { removed += try removeIfEmpty(fanout, in: directory) } catch { onFailure(fanout, error) }
    }
    return keeps(nil) ? removed : removed + (try removeIfEmpty(volume, in: cache))
  }

  /// Sees to it that a directory is not on another file system and nothing is mounted on it: EXDEV where it is.
  package static func requireOwn(_ directory: borrowing OwnedDescriptor, on device: UInt64) throws(Errno) {
    let status = try directory.status()
    guard status.device == device, !status.isMountPoint else { throw .improperLink }
  }

  private static func removeIfEmpty(_ name: EntryName, in parent: borrowing OwnedDescriptor) throws(Errno) -> Int {
    do throws(Errno) {
      try parent.removeDirectory(name)
      return 1
    } catch {
      switch error {
      // What is no directory is none of what is removed here.
      case .directoryNotEmpty, .fileExists, .noSuchFileOrDirectory, .notDirectory: return 0
      case .resourceBusy:
        // The kernel says so of what it holds, and of mount points.
        if let status = try? parent.status(of: name), status.isMountPoint { throw .improperLink }
        throw error
      default: throw error
      }
    }
  }
}
