// SPDX-License-Identifier: Apache-2.0

/// One thing that was looked at, and how it stands.
package struct HealthCheck: Sendable, Equatable {
  /// What was found.
  package var id: SymptomID
  /// Of what: a path, a mount, a line of the configuration; empty where the message says all.
  package var subject: [UInt8]
  /// The fact, in words.
  package var message: String
  /// What to do in this case, where the table's words are not enough.
  package var ownAdvice: String?

  /// How bad it is in this case, where it is not as bad as the table says.
  package var ownStatus: HealthStatus?

  /// How bad it is.
  package var status: HealthStatus { ownStatus ?? Symptom.of(id).status }
  /// Which part of the report it belongs to.
  package var group: SymptomGroup { Symptom.of(id).group }
  /// What to do, one line; empty where there is nothing to do.
  package var advice: String { ownAdvice ?? Symptom.of(id).advice }
}
