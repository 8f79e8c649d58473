// SPDX-License-Identifier: Apache-2.0
import CachefilesStore

/// What one thread of a scan gathers for a selection of victims.
struct VictimGatherer {
  private let victims: VictimSelection
  /// What has not been handed over.
  private var gathered: [Victim] = []
  private var current: VictimDirectory?

  init(into victims: VictimSelection) { self.victims = victims }

  /// Whether something of this rank can be among the first.
  @inline(__always)
  func mayTake(_ rank: Int64) -> Bool { victims.mayTake(rank) }

  /// Takes an entry that may go.
  mutating func take(_ entry: borrowing ScanEntry, rank: Int64) {
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

  /// Gives the selection what there is.
  mutating func handOver() {
    victims.add(gathered)
    gathered.removeAll(keepingCapacity: true)
  }
}
