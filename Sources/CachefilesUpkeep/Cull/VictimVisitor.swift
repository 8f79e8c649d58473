// SPDX-License-Identifier: Apache-2.0
import CachefilesStore

/// Gathers the victims within a scope.
struct VictimVisitor: ScanVisitor {
  private let scope: CullScope
  private var gatherer: VictimGatherer

  init(_ scope: CullScope, into victims: VictimSelection) {
    self.scope = scope
    gatherer = VictimGatherer(into: victims)
  }

  mutating func visit(_ entry: borrowing ScanEntry) {
    let rank = scope.rank(entry)
    guard gatherer.mayTake(rank), scope.contains(entry) else { return }
    gatherer.take(entry, rank: rank)
  }

  mutating func merge(_ other: consuming VictimVisitor) {
    other.gatherer.handOver()
    gatherer.handOver()
  }
}
