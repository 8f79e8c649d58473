// SPDX-License-Identifier: Apache-2.0
import CachefilesStore

/// What one thread of a scan gathers for a selection of victims.
struct VictimGatherer {
  private let victims: VictimSelection
  /// What has not been handed over.
  private var gathered = VictimPool()

  init(into victims: VictimSelection) { self.victims = victims }

  /// Whether something of this rank can be among the first.
  @inline(__always)
  func mayTake(_ rank: Int64) -> Bool { victims.mayTake(rank) }

  /// Takes an entry that may go.
  mutating func take(_ entry: borrowing ScanEntry, rank: Int64) {
    gathered.add(entry, rank: rank)
    if gathered.entries.count >= 1024 { handOver() }
  }

  /// Gives the selection what there is.
  mutating func handOver() {
    victims.add(gathered)
    gathered.removeAll()
  }
}
