// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import CachefilesSurvey

/// Counts what may go within a scope, divided at pivots: part i ends with pivot i, the last one has no end.
struct PartitionVisitor: ScanVisitor {
  private let scope: CullScope
  private let pivots: [CullKey]
  private(set) var sums: [CullSum]

  init(_ scope: CullScope, _ pivots: [CullKey]) {
    self.scope = scope
    self.pivots = pivots
    sums = Array(repeating: CullSum(), count: pivots.count + 1)
  }

  mutating func visit(_ entry: borrowing ScanEntry) {
    guard scope.contains(entry) else { return }
    let key = scope.key(entry)
    // The first pivot that is not before the key.
    var low = 0
    var high = pivots.count
    while low < high {
      let middle = (low + high) / 2
      if pivots[middle] < key { low = middle + 1 } else { high = middle }
    }
    sums[low] += CullSum(entry.status)
  }

  mutating func merge(_ other: consuming PartitionVisitor) {
    for index in sums.indices { sums[index] += other.sums[index] }
  }

  /// The first part with which a need is covered; what comes before it is added to `before`. Nil when nothing is enough.
  func firstPartition(covering need: CullSum, _ before: inout CullSum) -> Int? {
    for (index, sum) in sums.enumerated() {
      var after = before
      after += sum
      if after.covers(need) { return index }
      before = after
    }
    return nil
  }

  /// The bounds of a part.
  func bounds(of part: Int) -> CullScope.Bounds {
    CullScope.Bounds(
      ranks: scope.bounds.ranks, after: part > 0 ? pivots[part - 1] : scope.bounds.after,
      last: part < pivots.count ? pivots[part] : scope.bounds.last)
  }
}
