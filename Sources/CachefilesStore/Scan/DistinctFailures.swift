// SPDX-License-Identifier: Apache-2.0
import SystemPackage

/// Tells whether a failure was told before: a directory that cannot be opened is met by the scan, and again by who looks at the
/// entry that stands for it; a mount without attributes is met by each scan.
package struct DistinctFailures: Sendable {
  /// So many paths are remembered; what comes behind may be told twice.
  static let limit = 10_000

  private var paths: Set<[UInt8]> = []

  /// Nothing yet.
  package init() {}

  /// Whether this one is new. Only one of these kinds is ever not.
  package mutating func isNew(_ error: StoreError) -> Bool {
    guard error.operation == "open" || error.error == .notSupported else { return true }
    if paths.count >= Self.limit { return !paths.contains(error.path) }
    return paths.insert(error.path).inserted
  }
}
