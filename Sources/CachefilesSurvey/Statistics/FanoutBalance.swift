// SPDX-License-Identifier: Apache-2.0

/// How evenly objects lie in the 256 fanout directories. The hash spreads them like chance; anything else tells of
/// objects that were put there by something else, or of many keys that collide.
package struct FanoutBalance: Sendable, Equatable {
  /// The mean number of objects in a directory.
  package let mean: Double
  /// The fewest and the most.
  package let range: ClosedRange<Int>
  /// Pearson's chi-squared against an even spread, with 255 degrees of freedom.
  package let chiSquared: Double
  /// Whether there are enough objects to judge: five in a directory on average, the usual rule for the test.
  package let isMeaningful: Bool

  /// Judges the numbers of objects in the fanout directories.
  package init(_ counts: [Int]) {
    let total = counts.reduce(0, +)
    let mean = Double(total) / Double(max(1, counts.count))
    self.mean = mean
    range = (counts.min() ?? 0)...(counts.max() ?? 0)
    chiSquared =
      mean > 0 ? counts.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) / mean } : 0
    isMeaningful = mean >= 5
  }

  /// Whether chance alone hardly explains the spread: beyond four standard deviations of chi-squared (mean 255,
  /// variance 510), which an even hash exceeds in fewer than one of ten thousand caches.
  package var isUneven: Bool { isMeaningful && chiSquared > 255 + 4 * 22.583 }
}
