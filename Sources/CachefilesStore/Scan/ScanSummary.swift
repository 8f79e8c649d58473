// SPDX-License-Identifier: Apache-2.0

/// What a scan came to, besides what its visitor saw.
package struct ScanSummary: Sendable {
  /// The volumes, in the order of their numbers.
  package var volumes: [ScannedVolume]
  /// How many entries could not be read, each of them named through ``ScanOptions/onFailure``.
  package var failures: Int
  /// Whether it ended early because it was cancelled.
  package var isCancelled: Bool
}
