// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// What a purge takes out of a cache.
package enum PurgeSelection: Sendable {
  /// Volumes, chosen by their keys.
  case volumes(@Sendable ([UInt8]) -> Bool)
  /// One object, by its path below the root: `cache/I…/@xx/name`, or a file of the layout before 5.17.
  case object([UInt8])
  /// Everything of the layout before 5.17.
  case legacy
  /// Everything in `cache`.
  case all
}
