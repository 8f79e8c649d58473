// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// Numbers of what is purged.
package struct PurgeAmount: Sendable, Equatable {
  /// Volume directories.
  package var volumes = 0
  /// Other entries of `cache` that go whole: trees of the layout before 5.17, and what does not belong there.
  package var others = 0
  /// Objects, those of the layout before 5.17 included.
  package var objects = 0
  /// Allocated bytes, directories included; a file with several names counts once for each thing that is buried.
  package var diskBytes: UInt64 = 0
  /// Objects that were open for writing when the cache went down.
  package var dirtyObjects = 0

  /// Nothing.
  package init() {}

  /// Adds another amount.
  package static func += (left: inout PurgeAmount, right: PurgeAmount) {
    left.volumes += right.volumes
    left.others += right.others
    left.objects += right.objects
    left.diskBytes = left.diskBytes.addingClamped(right.diskBytes)
    left.dirtyObjects += right.dirtyObjects
  }
}
