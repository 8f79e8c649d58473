// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import LinuxIO

/// Names for what is buried, of the kernel's form: the moment and a counter (`cachefiles_bury_object`,
/// fs/cachefiles/namei.c). Like the kernel, whoever finds a name taken goes on to the next.
package struct GraveyardNames {
  /// So many names are tried for one burial.
  package static let attempts = 10_000

  private let seconds: UInt64
  private var counter: UInt32 = 0

  /// Names for burials at a moment.
  package init(now: Timestamp) { seconds = UInt64(max(0, now.seconds)) & 0xffff_ffff }

  /// The path of the next grave, below the root.
  package mutating func next() -> CachePath {
    counter += 1
    let name = GraveyardName(undertaker: .kernel, seconds: seconds, counter: counter)
    return CachePath.graveyard.appending(name.bytes)
  }
}
