// SPDX-License-Identifier: Apache-2.0
import CachefilesStore

/// The scans of a round after the first one.
struct CandidateScans: CullScanner {
  let cull: Cull
  /// What went unused for longest, as the first scan saw it; nil where that is not the order.
  let known: OldestObjects?
  /// The first ones, which need no scan.
  let victims: KnownVictims

  func scan<V: ScanVisitor & SendableMetatype>(
    within ranks: ClosedRange<Int64>, _ makeVisitor: @escaping @Sendable () -> V
  ) throws(StoreError) -> V? {
    try cull.scan(known?.filter(within: ranks), makeVisitor)
  }
}
