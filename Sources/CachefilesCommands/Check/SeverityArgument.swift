// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesCheck

/// `ID=severity`.
struct SeverityArgument: ExpressibleByArgument {
  let id: ProblemID
  let severity: Severity

  init?(argument: String) {
    let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, let id = ProblemID(rawValue: parts[0].uppercased()),
      let severity = Severity(rawValue: String(parts[1]))
    else { return nil }
    self.id = id
    self.severity = severity
  }

  static var defaultCompletionKind: CompletionKind {
    .list(ProblemID.allCases.flatMap { id in Severity.allCases.map { "\(id.rawValue)=\($0.rawValue)" } })
  }
}
