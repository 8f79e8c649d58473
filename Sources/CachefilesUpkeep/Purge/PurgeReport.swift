// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
import LinuxIO
import SystemPackage

/// What a purge did.
package struct PurgeReport: Sendable, Equatable {
  /// The root's path.
  package var root: [UInt8]
  /// What was to go.
  package var planned = PurgeAmount()
  /// What has gone to the graveyard; the cache is rid of it.
  package var done = PurgeAmount()
  /// Bytes that the sweep of it set free.
  package var freedBytes: UInt64 = 0
  /// Buried entries that were not removed, and are left in the graveyard.
  package var leftGraves = 0
  /// What was selected and stayed because it is pinned.
  package var pinned = PurgeAmount()
  /// Objects, or other entries, that stayed because the kernel uses them; only of a cache in use.
  package var inUse = 0
  /// Dirty objects that stayed; only of a cache in use.
  package var keptDirty = 0
  /// Whether the cache was in use, so that everything went with the kernel's leave.
  package var isLive = false
  /// Errors, each of them named.
  package var errors = 0
  /// Whether nothing was changed because that was asked for.
  package var isDryRun = false
  /// Why it was not begun, or was stopped; one line.
  package var refusal: Refusal?
  /// In a dry run, what would have the purge refused: a mount, or what no sweep can remove.
  package var obstacle: String?
  /// Whether a signal ended it.
  package var isInterrupted = false

  /// A report of nothing.
  package init(root: [UInt8]) { self.root = root }
}
