// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import LinuxIO
package import SystemPackage

/// Reaching a single entry by its path below the root; who reaches many has an ``EntryFinder``.
extension Store {
  /// Calls a closure with the directory that an entry stands in, and the entry's name there.
  ///
  /// - Parameter path: the path below the root; not empty.
  package func withParent<R>(
    of path: [UInt8], _ body: (borrowing OwnedDescriptor, EntryName) throws(Errno) -> R
  ) throws(Errno) -> R {
    let path = CachePath(path)
    guard !path.isRoot, let name = path.name else { throw .invalidArgument }
    return try body(try EntryFinder(self).directory(path.parent).value, name)
  }

  /// Calls a closure with an open entry; the root directory for an empty path.
  package func withEntry<R>(
    _ path: [UInt8], _ mode: OwnedDescriptor.Mode, _ body: (borrowing OwnedDescriptor) throws(Errno) -> R
  ) throws(Errno) -> R {
    if path.isEmpty { return try body(root) }
    guard let entry = try EntryFinder(self).find(CachePath(path)) else { throw .noSuchFileOrDirectory }
    return try body(try entry.open(mode))
  }

  /// The status of an entry, nil when there is none. Throws for everything else.
  package func status(ofEntry path: [UInt8]) throws(Errno) -> FileStatus? {
    try EntryFinder(self).find(CachePath(path))?.status
  }
}
