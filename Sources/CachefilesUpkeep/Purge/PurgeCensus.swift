import CachefilesFormat
import CachefilesStore
import LinuxIO

/// Adds up what each entry of `cache` holds, and finds what must not be buried with it.
struct PurgeCensus: ScanVisitor {
  /// By the name of the entry of `cache`.
  private(set) var amounts: [[UInt8]: PurgeAmount] = [:]
  /// What is in the way, for each entry of `cache` the first that was come across.
  private(set) var obstacles: [[UInt8]: BurialObstacle] = [:]
  /// Files with several names, whose bytes count once in each entry.
  private var linked: [[UInt8]: Set<UInt64>] = [:]
  private var last: (directory: DirectoryNode, name: [UInt8])?
  private let device: UInt64

  init(_ store: borrowing Store) {
    device = store.rootStatus.device
  }

  mutating func visit(_ entry: borrowing ScanEntry) {
    switch entry.place {
    case .root, .cache, .graveyard, .buried: return
    case .volume, .fanout, .object, .legacy, .foreign: break
    }
    guard let name = name(of: entry) else { return }
    if obstacles[name] == nil {
      let obstacle = BurialObstacle.of(
        entry.status, device: device, path: entry.cachePath.bytes)
      if let obstacle { obstacles[name] = obstacle }
    }
    var amount = PurgeAmount()
    amount.diskBytes = entry.status.allocatedBytes
    if entry.status.kind == .regular {
      if entry.place == .object || entry.place == .legacy { amount.objects = 1 }
      // Objects can be anywhere: in a directory of another name, or in a fanout directory's place.
      if !entry.dirtiness.isClean { amount.dirtyObjects = 1 }
    }
    if entry.status.links > 1, entry.status.kind != .directory,
      !linked[name, default: []].insert(entry.status.inode).inserted
    {
      amount.diskBytes = 0
    }
    amounts[name, default: PurgeAmount()] += amount
  }

  mutating func merge(_ other: consuming PurgeCensus) {
    for (name, amount) in other.amounts { amounts[name, default: PurgeAmount()] += amount }
    obstacles.merge(other.obstacles) { mine, _ in mine }
  }

  /// The name of the entry of `cache` that it is or lies below; nil for what lies elsewhere.
  private mutating func name(of entry: borrowing ScanEntry) -> [UInt8]? {
    let directory = entry.directory
    if directory.place == .cache { return entry.name.array }
    if let last, last.directory === directory { return last.name }
    var node = directory
    while let above = node.parent {
      if above.place == .cache {
        last = (directory, node.name)
        return node.name
      }
      node = above
    }
    return nil
  }
}
