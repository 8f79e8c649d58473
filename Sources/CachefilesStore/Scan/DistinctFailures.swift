// SPDX-License-Identifier: Apache-2.0
import SystemPackage

/// Tells whether a failure was told before: a directory that cannot be opened is met by the scan, and again by who looks at the
/// entry that stands for it; a mount without attributes is met by each scan.
package struct DistinctFailures: Sendable {
  /// So many are remembered; what comes behind may be told twice.
  static let limit = 10_000

  private struct Step: Hashable {
    let path: [UInt8]
    let operation: String
  }

  private var told: Set<Step> = []

  /// Nothing yet.
  package init() {}

  /// Whether this one is new. Only one of these kinds is ever not.
  package mutating func isNew(_ error: StoreError) -> Bool {
    guard error.operation == "open" || error.error == .notSupported else { return true }
    let step = Step(path: error.path, operation: error.operation)
    if told.count >= Self.limit { return !told.contains(step) }
    return told.insert(step).inserted
  }
}
