// SPDX-License-Identifier: Apache-2.0

/// How bad a problem is.
package enum Severity: String, Sendable, CaseIterable, Comparable {
  /// Not reported at all; only by `--set`.
  case ignore
  /// Worth knowing; the cache counts as clean.
  case note
  /// The kernel discards it by itself, or it wastes space.
  case warning
  /// The kernel refuses to cache something, or wrong bytes may be served.
  case error

  private var rank: Int {
    switch self {
    case .ignore: 0
    case .note: 1
    case .warning: 2
    case .error: 3
    }
  }

  /// Whether one is less bad than the other.
  package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
}
