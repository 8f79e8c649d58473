// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO

/// Gathers the victims within a scope.
struct VictimVisitor: ScanVisitor {
  private let scope: CullScope
  private let victims: VictimSelection
  /// What this thread has gathered and not handed over.
  private var gathered: [Victim] = []
  private var current: VictimDirectory?

  init(_ scope: CullScope, into victims: VictimSelection) {
    self.scope = scope
    self.victims = victims
  }

  mutating func visit(_ entry: borrowing ScanEntry) {
    let rank = scope.rank(entry)
    guard victims.mayTake(rank), scope.contains(entry) else { return }
    gathered.append(Victim(entry, in: directory(of: entry), rank: rank))
    if gathered.count >= 1024 { handOver() }
  }

  private mutating func directory(of entry: borrowing ScanEntry) -> VictimDirectory {
    let node = entry.directory
    if let current, current.node === node { return current }
    let directory = VictimDirectory(node, path: node.cachePath.bytes)
    current = directory
    return directory
  }

  private mutating func handOver() {
    victims.add(gathered)
    gathered.removeAll(keepingCapacity: true)
  }

  mutating func merge(_ other: consuming VictimVisitor) {
    other.handOver()
    handOver()
  }
}
