// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO
import SystemPackage

/// What a sweep of the graveyard did.
package struct SweepReport: Sendable, Equatable {
  /// The root's path.
  package var root: [UInt8]
  /// Entries removed, at any depth; in a dry run those that would be.
  package var removedEntries = 0
  /// The allocated bytes of those of them that had no other name.
  package var freedBytes: UInt64 = 0
  /// Entries that are in the graveyard now, at any depth; nil when a signal ended the sweep and nobody counted.
  package var leftEntries: Int? = 0
  /// Entries of the graveyard itself that are younger than was asked for.
  package var youngerEntries = 0
  /// Entries that could not be removed, each of them named; not the directories above them.
  package var errors = 0
  /// Whether nothing was removed because that was asked for.
  package var isDryRun = false
  /// Whether the time limit ended it.
  package var isOutOfTime = false
  /// Whether a signal ended it.
  package var isInterrupted = false
  /// How long it took.
  package var duration = Duration.zero

  /// A report of nothing.
  package init(root: [UInt8]) { self.root = root }
}
