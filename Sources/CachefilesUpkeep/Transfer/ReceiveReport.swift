// SPDX-License-Identifier: Apache-2.0
package import LinuxIO

/// What a stream came to.
package struct ReceiveReport: Sendable {
  /// The path of the cache that it went into.
  package var destination: [UInt8]
  /// The destination keeps times that are multiples of so many nanoseconds.
  package var timeGranularity: UInt64 = 1
  /// Objects that are there now and were not before.
  package var receivedObjects = 0
  /// The data of these, in bytes.
  package var receivedBytes: UInt64 = 0
  /// Data that was left out because it fills blocks of the destination only in part, in bytes.
  package var droppedBytes: UInt64 = 0
  /// Volumes of the stream that ``ReceiveOptions/volumes`` lets in.
  package var chosenVolumes = 0
  /// Directories that were made.
  package var directories = 0
  /// How many things were left out, by reason.
  package var skipped: [CopySkipReason: Int] = [:]
  /// Entries that no stream of a sound cache has; each was named and left out.
  package var refusedEntries = 0
  /// How many things failed, each of them named through ``ReceiveOptions/onFailure``.
  package var errors = 0
  /// Whether the end of the stream was seen.
  package var isWhole = false
  /// Why the stream could not be read any further; nil when it could.
  package var streamFailure: ArchiveFailure?
  /// Whether a signal ended it.
  package var isInterrupted = false
  /// Why it was stopped: the cache came up.
  package var stopped: CopyRefusal?
  /// How long it took.
  package var duration = Duration.zero

  /// Everything that was left out.
  package var skippedObjects: Int { skipped.values.reduce(0, +) }
  /// Whether all that the stream has is there.
  package var isComplete: Bool {
    isWhole && streamFailure == nil && errors == 0 && refusedEntries == 0 && !isInterrupted && stopped == nil
  }

  mutating func add(_ tally: CopyTally) {
    receivedObjects += tally.objects
    receivedBytes += tally.bytes
    droppedBytes += tally.dropped
    for (reason, count) in tally.skipped { skipped[reason, default: 0] += count }
  }
}
