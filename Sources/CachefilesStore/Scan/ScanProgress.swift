// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// How far a scan has come; any thread may ask.
package final class ScanProgress: Sendable {
  private let entries = Atomic<Int>(0)

  /// Starts at 0.
  package init() {}

  /// The number of entries seen.
  package var count: Int { entries.load(ordering: .relaxed) }

  package func add(_ count: Int) { entries.add(count, ordering: .relaxed) }
}
