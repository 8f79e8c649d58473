// SPDX-License-Identifier: Apache-2.0

/// One line of the table of problems.
package struct ProblemKind: Sendable {
  /// Its name, fixed forever.
  package var id: ProblemID
  /// How bad it is unless the user says otherwise.
  package var severity: Severity
  /// What it is, in a few words that follow a number: "3 objects without the cache's attribute".
  package var summary: String
  /// What the kernel does with it.
  package var kernel: String
  /// The repair; nil when it is only reported.
  package var repair: RepairVerb?
  /// What the repair needs.
  package var consent: RepairConsent
  /// What is lost by the repair.
  package var loss: String

  init(
    _ id: ProblemID, _ severity: Severity, _ summary: String, kernel: String, _ repair: RepairVerb? = nil,
    _ consent: RepairConsent = .asked, loss: String = "nothing"
  ) {
    self.id = id
    self.severity = severity
    self.summary = summary
    self.kernel = kernel
    self.repair = repair
    self.consent = consent
    self.loss = loss
  }

  /// The kind with this id.
  package static func of(_ id: ProblemID) -> ProblemKind { table[id.index] }

  /// All kinds, in the order of ``ProblemID``. Docs/Problems.md says more about each.
  package static let table: [ProblemKind] = {
    let kinds = rootAndVolumeKinds + objectKinds + graveyardKinds
    precondition(kinds.map(\.id) == ProblemID.allCases, "the table has each problem once, in order")
    return kinds
  }()
}
