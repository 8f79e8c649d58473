// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO
import SystemPackage

/// What a copy came to.
package struct CopyReport: Sendable {
  /// The path of the cache that was copied.
  package var source: [UInt8]
  /// The path of the copy.
  package var destination: [UInt8]
  /// The destination keeps times that are multiples of so many nanoseconds.
  package var timeGranularity: UInt64 = 1
  /// Objects that were copied.
  package var copiedObjects = 0
  /// The data of these, in bytes: runs only, no holes.
  package var copiedBytes: UInt64 = 0
  /// Data that was left out because it fills blocks of the destination only in part, in bytes.
  package var droppedBytes: UInt64 = 0
  /// Directories that were made.
  package var directories = 0
  /// How many things were left out, by reason.
  package var skipped: [CopySkipReason: Int] = [:]
  /// How many things failed, each of them named through ``CopyOptions/onFailure``.
  package var errors = 0
  /// Objects that were compared and are the same; nil when that was not asked for, or not come to.
  package var verified: Int?
  /// Objects that were compared and are not.
  package var mismatched = 0
  /// Whether the source has a tree of the layout before 5.17, which is not copied.
  package var hasLegacyTree = false
  /// Whether a signal ended it.
  package var isInterrupted = false
  /// Why it was stopped: a side came up. Nil when it was not.
  package var stopped: CopyRefusal?
  /// How long it took.
  package var duration = Duration.zero

  /// Everything that was left out.
  package var skippedObjects: Int { skipped.values.reduce(0, +) }

  /// Whether all that should be copied is there. What changed meanwhile is not.
  package var isComplete: Bool {
    errors == 0 && mismatched == 0 && skipped[.changed] ?? 0 == 0 && !isInterrupted && stopped == nil
  }

  mutating func add(_ tally: CopyTally) {
    copiedObjects += tally.objects
    copiedBytes += tally.bytes
    droppedBytes += tally.dropped
    directories += tally.made
    for (reason, count) in tally.skipped { skipped[reason, default: 0] += count }
  }
}
