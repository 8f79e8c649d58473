// SPDX-License-Identifier: Apache-2.0

/// Objects counted by a rank, for instance the nanoseconds of their last use, in slices that get coarser when there are too
/// many of them: its memory does not grow with the number of objects.
package struct AgeHistogram: Sendable {
  /// A slice is 2^shift ranks wide.
  package private(set) var shift: Int
  private var table: SliceSums
  /// More slices than this are merged in pairs.
  private let limit: Int

  package init(shift: Int, limit: Int = 4096) {
    self.shift = shift
    self.limit = limit
    table = SliceSums(limit: limit)
  }

  /// The slices, by number, in no order.
  package var slices: some Sequence<(key: Int64, value: CullSum)> {
    zip(table.numbers, table.sums).lazy.map { (key: $0, value: $1) }
  }

  /// Counts one object.
  @inline(__always)
  package mutating func add(_ sum: CullSum, at rank: Int64) {
    table.add(sum, at: rank >> shift)
    if table.count > limit { coarsen(to: shift + 1) }
  }

  /// Adds another thread's counts.
  package mutating func merge(_ other: AgeHistogram) {
    var other = other
    if other.shift < shift { other.coarsen(to: shift) }
    if other.shift > shift { coarsen(to: other.shift) }
    for (slice, sum) in other.slices { table.add(sum, at: slice) }
    while table.count > limit { coarsen(to: shift + 1) }
  }

  private mutating func coarsen(to newShift: Int) {
    var merged = SliceSums(limit: limit)
    for (slice, sum) in slices { merged.add(sum, at: slice >> (newShift - shift)) }
    table = merged
    shift = newShift
  }

  /// All counts together.
  package var total: CullSum { table.sums.reduce(into: CullSum()) { $0 += $1 } }

  /// Where the lowest ranks that cover a need end.
  package enum Cut: Equatable {
    /// Everything together is not enough.
    case beyondAll
    /// In this slice; `before` is what comes before it, `objects` how many it holds.
    case within(ClosedRange<Int64>, before: CullSum, objects: Int)
  }

  /// The slice in which the lowest ranks come to cover a need; the need is not nothing.
  package func cut(covering need: CullSum) -> Cut {
    var before = CullSum()
    for (slice, sum) in slices.sorted(by: { $0.key < $1.key }) {
      var after = before
      after += sum
      if after.covers(need) {
        // The last slice of all must not run over.
        let start = slice << shift
        let width = shift >= 63 ? Int64.max : (1 << shift) - 1
        let (end, overflow) = start.addingReportingOverflow(width)
        return .within(start...(overflow ? .max : end), before: before, objects: sum.objects)
      }
      before = after
    }
    return .beyondAll
  }
}
