// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO

extension Store {
  /// The file system's handle of the root directory; nil where it has none.
  var rootHandle: JournalBytes? { (try? root.mountedHandle()).map { JournalBytes($0) } }
}
