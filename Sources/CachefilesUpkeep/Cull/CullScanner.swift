// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// What a cut finder needs of the world: scans of the cache, the same each time.
protocol CullScanner {
  /// Scans with a visitor for each thread, which looks at least at what is of these ranks; nil when the
  /// scan was cancelled.
  func scan<V: ScanVisitor & SendableMetatype>(
    within ranks: ClosedRange<Int64>, _ makeVisitor: @escaping @Sendable () -> V
  ) throws(StoreError) -> V?
}
