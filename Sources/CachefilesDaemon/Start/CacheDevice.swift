// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
package import CachefilesStore
package import LinuxIO
package import SystemPackage

/// `/dev/cachefiles` of the process that has bound the cache: it takes commands, and tells how the cache does.
package protocol CacheDevice: CommandDevice {
  /// Reads how the cache does; nil when nothing is bound. What was counted since the last reading begins anew.
  func state() throws(Errno) -> CacheStateLine?

  /// Waits for news of it together with other things.
  func join(_ set: inout PollSet) -> Int
}
