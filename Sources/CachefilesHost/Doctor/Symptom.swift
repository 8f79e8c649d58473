// SPDX-License-Identifier: Apache-2.0

/// One line of the table of symptoms.
package struct Symptom: Sendable {
  /// Its name, fixed forever.
  package var id: SymptomID
  /// Which part of the report it belongs to.
  package var group: SymptomGroup
  /// How bad it is.
  package var status: HealthStatus
  /// What it means.
  package var meaning: String
  /// What to do, one line; empty where there is nothing to do.
  package var advice: String

  init(_ id: SymptomID, _ group: SymptomGroup, _ status: HealthStatus, _ meaning: String, advice: String = "") {
    self.id = id
    self.group = group
    self.status = status
    self.meaning = meaning
    self.advice = advice
  }

  /// The symptom with this name.
  package static func of(_ id: SymptomID) -> Symptom { byID[id] ?? Symptom(id, .kernel, .unknown, "") }

  private static let byID = Dictionary(uniqueKeysWithValues: table.map { ($0.id, $0) })
}
