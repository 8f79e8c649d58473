// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesCheck

/// Problem ids with commas between them.
struct ProblemsArgument: ExpressibleByArgument {
  let ids: [ProblemID]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let ids = parts.compactMap { ProblemID(rawValue: $0.uppercased()) }
    guard ids.count == parts.count else { return nil }
    self.ids = ids
  }

  static var defaultCompletionKind: CompletionKind { CommaCompletion.of(ProblemID.allCases.map(\.rawValue)) }
}
