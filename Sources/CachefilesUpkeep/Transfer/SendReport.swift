// SPDX-License-Identifier: Apache-2.0

/// What was sent.
package struct SendReport: Sendable {
  /// The path of the cache.
  package var source: [UInt8]
  /// Objects that were sent whole.
  package var sentObjects = 0
  /// The data of these, in bytes: runs only, no holes.
  package var sentBytes: UInt64 = 0
  /// Objects that were asked for one by one and are not in the cache.
  package var missingObjects = 0
  /// Objects that were asked for one by one and were left out: dirty or unusable.
  package var leftOutOfList = 0
  /// How many things were left out, by reason.
  package var skipped: [CopySkipReason: Int] = [:]
  /// Whether the source has trees of the layout before 5.17, which are not sent.
  package var hasLegacyTree = false
  /// How many things failed, each of them named through ``SendOptions/onFailure``.
  package var errors = 0
  /// Whether a signal ended it.
  package var isInterrupted = false
  /// Why it was stopped: the cache came up.
  package var stopped: CopyRefusal?
  /// Whether the reader went away.
  package var isCut = false
  /// How long it took.
  package var duration = Duration.zero

  /// Everything that was left out.
  package var skippedObjects: Int { skipped.values.reduce(0, +) }
  /// Whether all that should be sent was. What changed meanwhile was not.
  package var isComplete: Bool {
    errors == 0 && skipped[.changed] ?? 0 == 0 && missingObjects == 0 && leftOutOfList == 0 && !isInterrupted
      && stopped == nil && !isCut
  }
}
