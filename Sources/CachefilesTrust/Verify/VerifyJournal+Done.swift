// SPDX-License-Identifier: Apache-2.0
import CachefilesStore

extension VerifyJournal {
  /// Which files an earlier run has done, and nothing has changed of: their place in the list alone does not tell, as objects come and go.
  struct Done {
    private let earlier: State
    private let mounts: Set<[UInt8]>
    private let again: Set<[UInt8]>
    private let passed: Set<UInt64>

    init(_ earlier: State) {
      self.earlier = earlier
      mounts = Set(earlier.mounts.dropLast().map(\.bytes))
      again = Set(earlier.wrong.map(\.bytes))
      passed = Set(earlier.passed)
    }

    /// Whether a file was compared since the first run began, and its object is as it was then.
    func contains(_ item: VerifyList.Item) -> Bool {
      if item.objectChange >= earlier.began || again.contains(item.path) || passed.contains(item.inode) { return false }
      if mounts.contains(item.mountPoint) { return true }
      guard let mount = earlier.mounts.last, let inode = earlier.inode, let path = earlier.path,
        mount.bytes == item.mountPoint
      else { return false }
      let last = VerifyList.Item(mountPoint: mount.bytes, path: path.bytes, size: 0, blocks: 0, inode: inode)
      return !VerifyList.Item.precedes(last, item)
    }
  }
}
