// SPDX-License-Identifier: Apache-2.0
import CachefilesHost
import CachefilesStore
import LinuxIO

/// An object with bytes that the server has not, as it was when that was certain: nothing else is removed.
struct WrongObject: Sendable, Hashable {
  /// Its path below the cache directory.
  let path: CachePath
  /// Its inode, and the device.
  let inode: UInt64
  let device: UInt64
  /// Its record.
  let attribute: [UInt8]?

  init(_ object: OpenObject) {
    path = object.path
    inode = object.status.inode
    device = object.status.device
    attribute = object.attribute
  }
}
