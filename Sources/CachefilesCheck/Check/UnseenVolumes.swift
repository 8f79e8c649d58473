// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO

/// The volumes of which something could not be looked at, by the paths of what could not.
struct UnseenVolumes: Sendable {
  private var keys: Set<[UInt8]> = []
  /// Whether it was a directory above the volumes.
  private var concernsAll = false

  /// Notes something that could not be looked at, by its path below the root.
  mutating func insert(_ path: CachePath) {
    if let key = path.volumeKey {
      keys.insert(key)
    } else if path.isRoot || path == .cache {
      concernsAll = true
    }
  }

  /// Whether something of the volume with this key is among it.
  func contains(_ key: [UInt8]) -> Bool { concernsAll || keys.contains(key) }
}
