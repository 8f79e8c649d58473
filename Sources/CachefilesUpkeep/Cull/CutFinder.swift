// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// Finds how far a cull has to go, exactly as a full sort by rank and path would, in memory that does not depend on
/// the number of objects: it counts by rank, looks closer at the slice where the goal is met, and sorts only what is left.
struct CutFinder {
  let terms: CullScope.Terms
  /// At most so many objects are sorted.
  let sortLimit: Int
  /// How many paths divide objects of one and the same rank.
  let pivotCount: Int

  /// Where a cull ends.
  struct Cut: Equatable {
    /// The last victim; nil when everything that may go is not enough.
    var last: CullKey?
    /// What the victims come to.
    var plan: CullSum
  }

  /// Looks closer until the last victim is found.
  ///
  /// - Parameters:
  ///   - need: what the victims have to come to; not nothing.
  ///   - histogram: all that may go, after `after`.
  ///   - after: where an earlier round ended.
  /// - Returns: nil when a scan was cancelled.
  func find(
    _ need: CullSum, in histogram: AgeHistogram, after: CullKey?, _ scanner: some CullScanner
  ) throws(StoreError) -> Cut? {
    var histogram = histogram
    var before = CullSum()
    var slice = Int64.min...Int64.max
    var isPart = false
    while true {
      guard case .within(let range, let sum, let objects) = histogram.cut(covering: need.remaining(after: before))
      else {
        // Less is in the slice than a scan ago: all of it goes, and nothing of a later rank. Only the first
        // histogram has everything in it.
        before += histogram.total
        return Cut(last: isPart ? end(of: slice) : nil, plan: before)
      }
      before += sum
      slice = range
      if objects <= sortLimit { break }
      guard histogram.shift > 0 else {
        return try findAmongEqual(need, at: slice.lowerBound, before: before, after: after, scanner)
      }
      let shift = max(0, histogram.shift - 13)
      let inner = slice
      let terms = terms
      guard
        let finer = try scanner.scan(
          within: inner,
          {
            HistogramVisitor(CullScope(terms, CullScope.Bounds(ranks: inner, after: after)), shift: shift)
          })
      else { return nil }
      histogram = finer.histogram
      isPart = true
    }
    let bounds = CullScope.Bounds(ranks: slice, after: after)
    return try sort(need, before: before, bounds, scanner)
  }

  /// The place behind everything of some ranks.
  private func end(of ranks: ClosedRange<Int64>) -> CullKey { CullKey(behind: ranks.upperBound) }

  /// Sorts what lies within bounds and takes from its beginning what is still needed.
  private func sort(
    _ need: CullSum, before: CullSum, _ bounds: CullScope.Bounds, _ scanner: some CullScanner
  ) throws(StoreError) -> Cut? {
    let terms = terms
    guard
      let found = try scanner.scan(
        within: bounds.ranks, { CandidateVisitor(CullScope(terms, bounds)) })
    else { return nil }
    var plan = before
    var last: CullKey?
    for candidate in found.candidates.sorted(by: { $0.key < $1.key }) {
      if plan.covers(need) { break }
      plan += candidate.sum
      last = candidate.key
    }
    // The cache may have shrunk since it was counted: then everything in the slice goes.
    return Cut(last: last ?? end(of: bounds.ranks), plan: plan)
  }

  /// Objects of one and the same rank are divided by their paths, at pivots that are drawn from among them.
  private func findAmongEqual(
    _ need: CullSum, at rank: Int64, before: CullSum, after: CullKey?, _ scanner: some CullScanner
  ) throws(StoreError) -> Cut? {
    var before = before
    var bounds = CullScope.Bounds(ranks: rank...rank, after: after)
    let (terms, wanted, limit) = (terms, pivotCount, sortLimit)
    while true {
      let range = bounds
      guard
        let drawn = try scanner.scan(
          within: rank...rank, { PivotVisitor(CullScope(terms, range), count: wanted) })
      else {
        return nil
      }
      let pivots = drawn.pivots
      guard
        let counted = try scanner.scan(
          within: rank...rank, { PartitionVisitor(CullScope(terms, range), pivots) })
      else {
        return nil
      }
      guard let chosen = counted.firstPartition(covering: need, &before) else {
        return Cut(last: CullKey(rank: rank, path: range.last?.path ?? [0xff]), plan: before)
      }
      bounds = counted.bounds(of: chosen)
      // A part that the pivots no longer divide is sorted, however large: that takes as many equal names as objects.
      let isDivided = counted.sums[chosen].objects < counted.sums.reduce(0) { $0 + $1.objects }
      if counted.sums[chosen].objects <= limit || !isDivided {
        return try sort(need, before: before, bounds, scanner)
      }
    }
  }
}
