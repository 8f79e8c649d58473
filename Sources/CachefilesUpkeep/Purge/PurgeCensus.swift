// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO

/// Adds up what each entry of `cache` holds, and finds what must not be buried with it.
struct PurgeCensus: ScanVisitor {
  /// By the path of the target.
  private(set) var amounts: [[UInt8]: PurgeAmount] = [:]
  /// What is pinned, and stays.
  private(set) var pinned = PurgeAmount()
  /// What is in the way, for each target the first that was come across.
  private(set) var obstacles: [[UInt8]: BurialObstacle] = [:]
  /// Files with several names, whose bytes count once in each target.
  private var linked: [[UInt8]: Set<UInt64>] = [:]
  /// The directory that was asked about last, and the target that it is or lies below.
  private var last: (directory: DirectoryNode, target: [UInt8]?)?
  private let targets: Set<[UInt8]>
  /// So many levels below the root targets are at most.
  private let deepest: Int
  private let spared: PinnedObjects?
  private let device: UInt64

  init(_ store: borrowing Store, of targets: [[UInt8]], sparing spared: PinnedObjects?) {
    device = store.rootStatus.device
    self.targets = Set(targets)
    deepest = targets.map { CachePath($0).depth }.max() ?? 0
    self.spared = spared
  }

  mutating func visit(_ entry: borrowing ScanEntry) {
    switch entry.place {
    case .root, .cache, .graveyard, .buried: return
    case .volume, .fanout, .object, .legacy, .foreign: break
    }
    if let spared, entry.place == .object, spared.volumes.contains(entry.volume?.key ?? []),
      spared.matches(path: entry.cachePath.bytes)
    {
      pinned.objects += 1
      pinned.diskBytes &+= entry.status.allocatedBytes
      return
    }
    guard let name = target(of: entry) else { return }
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
    pinned += other.pinned
    obstacles.merge(other.obstacles) { mine, _ in mine }
  }

  /// The target that an entry is, or lies below; nil for what stays.
  private mutating func target(of entry: borrowing ScanEntry) -> [UInt8]? {
    let directory = entry.directory
    if let last, last.target != nil, last.directory === directory.parent {
      // Further down in the same one.
      self.last = (directory, last.target)
    } else if last?.directory !== directory {
      last = (directory, target(of: directory))
    }
    if let target = last?.target { return target }
    guard directory.depth < deepest else { return nil }
    let path = entry.cachePath.bytes
    return targets.contains(path) ? path : nil
  }

  private func target(of directory: DirectoryNode) -> [UInt8]? {
    var node: DirectoryNode? = directory
    // The path of each level of a deep tree would cost the cube of its depth.
    while let current = node, current.depth > deepest { node = current.parent }
    while let current = node {
      let path = current.cachePath.bytes
      if targets.contains(path) { return path }
      node = current.parent
    }
    return nil
  }
}
