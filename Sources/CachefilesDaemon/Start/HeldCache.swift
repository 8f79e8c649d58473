// SPDX-License-Identifier: Apache-2.0
import CachefilesStore

/// A cache that this process holds, and the device by which it does.
struct HeldCache: Sendable {
  let device: DeviceFile
  let live: SharedLiveHold
  /// Whether an earlier process has bound it.
  var isTakenOver = false
}
