// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO

/// What was judged of one entry: a problem and what to say about it.
struct Judgement: Sendable, Equatable {
  var id: ProblemID
  var message: String
  /// How much it matters here, where that is not what the table says.
  var severity: Severity?

  init(_ id: ProblemID, _ message: String, severity: Severity? = nil) {
    self.id = id
    self.message = message
    self.severity = severity
  }
}
