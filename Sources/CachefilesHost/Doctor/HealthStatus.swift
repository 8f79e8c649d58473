// SPDX-License-Identifier: Apache-2.0

/// How a thing stands; the words and numbers of monitoring plugins.
package enum HealthStatus: String, Sendable, CaseIterable {
  /// As it should be.
  case ok
  /// It works, but less well than it could, or not for long.
  case warning
  /// It does not work, or stops working at the next start.
  case critical
  /// It could not be told.
  case unknown

  /// The exit status that monitoring expects.
  package var exit: Int32 {
    switch self {
    case .ok: 0
    case .warning: 1
    case .critical: 2
    case .unknown: 3
    }
  }

  /// The order in which one outweighs another: critical, warning, unknown, ok.
  private var weight: Int {
    switch self {
    case .ok: 0
    case .unknown: 1
    case .warning: 2
    case .critical: 3
    }
  }

  /// The status of several things together.
  package static func worst(of all: some Sequence<HealthStatus>) -> HealthStatus {
    all.max { $0.weight < $1.weight } ?? .ok
  }
}
