// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore

/// Asks whether the entries of one thread's scan are pinned. A directory is looked up once.
final class PinMatcher: ObjectMatcher {
  private let pinned: PinnedObjects
  private var directory: DirectoryNode?
  private var names: Set<[UInt8]>?

  init(_ pinned: PinnedObjects) { self.pinned = pinned }

  package func matches(_ entry: borrowing ScanEntry) -> Bool {
    if directory !== entry.directory {
      directory = entry.directory
      names = pinned.names(in: entry.directory.cachePath.bytes)
    }
    guard let names else { return false }
    return names.contains(entry.name.array)
  }
}
