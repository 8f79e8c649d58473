// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

extension PurgePlan {
  /// Takes out of the targets what is pinned: a volume in which something pinned exists goes in parts, fanout directories where
  /// nothing in them is pinned, else one object after another. Of a cache in use it goes object by object in any case, and what is
  /// pinned may come to exist meanwhile.
  mutating func spare(_ options: Options, in store: borrowing Store) throws(StoreError) {
    guard let pinned = options.pinned else { return }
    var spared: [Target] = []
    for target in targets {
      guard let key = target.volumeKey, pinned.volumes.contains(key) else {
        spared.append(target)
        continue
      }
      if options.isLive {
        var kept = target
        kept.keepsPinned = true
        spared.append(kept)
      } else {
        spared += try Self.parts(of: target, pinned, in: store) ?? [target]
      }
    }
    targets = spared
  }

  /// The parts of a volume without what is pinned; nil where nothing pinned exists in it.
  private static func parts(
    of volume: Target, _ pinned: PinnedObjects, in store: borrowing Store
  ) throws(StoreError) -> [Target]? {
    var (parts, found): ([[UInt8]], Bool) = ([], false)
    for name in try names(in: volume.path, store) {
      let path = volume.path.appending(component: name)
      guard let kept = pinned.names(in: path) else {
        parts.append(path)
        continue
      }
      let objects = try names(in: path, store)
      if !objects.contains(where: kept.contains) {
        parts.append(path)
        continue
      }
      found = true
      parts += objects.filter { !kept.contains($0) }.map { path.appending(component: $0) }
    }
    guard found else { return nil }
    var targets: [Target] = []
    do throws(Errno) {
      let finder = try EntryFinder(store)
      for path in parts {
        guard let status = try finder.find(CachePath(path))?.status else { continue }
        targets.append(Target(path: path, part: volume.path, inode: status.inode))
      }
    } catch {
      throw StoreError(path: store.path.appending(path: volume.path), operation: "look at what is in", error: error)
    }
    return targets
  }

  /// The names in a directory, sorted; none where it is no directory.
  private static func names(in path: [UInt8], _ store: borrowing Store) throws(StoreError) -> [[UInt8]] {
    var names: [[UInt8]] = []
    do throws(Errno) {
      guard try store.status(ofEntry: path)?.kind == .directory else { return [] }
      try store.withEntry(path, .directory) { (directory) throws(Errno) in
        let buffer = DirectoryBuffer(capacity: 64 << 10)
        while try buffer.fill(from: directory) { buffer.forEach { names.append($0.name.array) } }
      }
    } catch {
      throw StoreError(path: store.path.appending(path: path), operation: "list", error: error)
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }
}
