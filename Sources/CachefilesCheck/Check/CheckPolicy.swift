// SPDX-License-Identifier: Apache-2.0

/// What the user wants to hear of and to have mended.
package struct CheckPolicy: Sendable {
  /// Severities that differ from the table's.
  package var severities: [ProblemID: Severity] = [:]
  /// Report only these; all when nil.
  package var only: Set<ProblemID>?
  /// Which repairs are done.
  package var consent: Consent = .none

  /// How far repairs go.
  package enum Consent: Sendable {
    /// `-n`: nothing is changed.
    case none
    /// `-p`.
    case safe
    /// `-y`.
    case all
    /// `-y --include-dirty`.
    case allAndDirty
  }

  /// The table's severities, everything, nothing changed.
  package init() {}

  /// Whether anything is to be mended.
  package var repairs: Bool {
    if case .none = consent { return false }
    return true
  }

  func severity(of id: ProblemID) -> Severity { severities[id] ?? ProblemKind.of(id).severity }

  /// Whether a problem's repair is to be done.
  func allowsRepair(of kind: ProblemKind) -> Bool {
    guard kind.repair != nil else { return false }
    switch (consent, kind.consent) {
    case (.none, _): return false
    case (.safe, .safe): return true
    case (.safe, _): return false
    case (.all, .dirty): return false
    case (.all, _), (.allAndDirty, _): return true
    }
  }
}
