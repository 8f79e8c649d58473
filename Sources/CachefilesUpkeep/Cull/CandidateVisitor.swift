// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import CachefilesSurvey

/// Gathers what may go within a scope: few enough to be sorted.
struct CandidateVisitor: ScanVisitor {
  /// An object that may go.
  struct Candidate {
    var key: CullKey
    var sum: CullSum
  }

  private let scope: CullScope
  private(set) var candidates: [Candidate] = []

  init(_ scope: CullScope) { self.scope = scope }

  mutating func visit(_ entry: borrowing ScanEntry) {
    guard scope.contains(entry) else { return }
    candidates.append(Candidate(key: scope.key(entry), sum: CullSum(entry.status)))
  }

  mutating func merge(_ other: consuming CandidateVisitor) { candidates += other.candidates }
}
