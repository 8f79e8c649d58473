import CachefilesFormat
import CachefilesStore
import LinuxIO

/// Gathers the victims within bounds.
struct VictimVisitor: ScanVisitor {
  private let selection: CullSelection
  private let bounds: CandidateVisitor.Bounds
  private let victims: VictimSelection
  /// What this thread has gathered and not handed over.
  private var gathered: [Victim] = []
  private var current: VictimDirectory?

  init(
    _ selection: CullSelection, _ bounds: CandidateVisitor.Bounds, into victims: VictimSelection
  ) {
    self.selection = selection
    self.bounds = bounds
    self.victims = victims
  }

  mutating func visit(_ entry: borrowing ScanEntry) {
    let time = entry.status.accessTime
    guard bounds.times.contains(time), victims.mayTake(time), selection.allows(entry),
      bounds.contains(entry)
    else { return }
    gathered.append(Victim(entry, in: directory(of: entry)))
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
