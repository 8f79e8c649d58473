// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
import LinuxIO
import Synchronization
import SystemPackage

/// What a purge will take out: each target is buried by one rename.
package struct PurgePlan: Sendable {
  /// One entry that goes to the graveyard with everything in it.
  package struct Target: Sendable, Equatable {
    /// The path below the root.
    package var path: [UInt8]
    /// The volume key, where it is a volume.
    package var volumeKey: [UInt8]?
    /// What it holds.
    package var amount = PurgeAmount()
    /// The path of the volume that it is a part of, where what is pinned in that stays.
    package var part: [UInt8]?
    /// Whether something in it is pinned, so that it goes object by object; only of a cache in use.
    var keepsPinned = false
    /// The inode that was looked at: nothing else of that name is buried.
    var inode: UInt64
  }

  /// What goes.
  package var targets: [Target]
  /// Entries that could not be read, each of them named: what they hold, and whether it is dirty, is not known.
  package var errors = 0
  /// What is selected and stays because it is pinned.
  package var pinned = PurgeAmount()
  /// What must not be buried with what is selected: a mount, or what no sweep can remove. A plan with one is not carried out.
  var obstacle: BurialObstacle?
  /// The same as a line; nil when nothing is in the way.
  package var obstacleWords: String? { obstacle?.description }
  /// Whether a signal ended the planning; then the plan is not whole.
  package var isInterrupted = false

  /// Everything together.
  package var amount: PurgeAmount { targets.reduce(into: PurgeAmount()) { $0 += $1.amount } }

  /// How a plan is made.
  package struct Options: Sendable {
    /// Whether the cache is in use: then entries come and go meanwhile.
    package var isLive = false
    /// What stays; nil where nothing is pinned.
    package var pinned: PinnedObjects?
    /// The number of threads of the scan.
    package var threads = ScanOptions.defaultThreads
    /// Called for each entry that cannot be read, from one thread at a time.
    package var onFailure: @Sendable (StoreError) -> Void = { _ in }
    /// Asked now and then; true ends the planning.
    package var isCancelled: @Sendable () -> Bool = { Interruption.signal != nil }

    /// The usual options.
    package init() {}
  }

  /// Looks for what is selected, and at what it holds.
  ///
  /// - Throws: ``StoreError`` when `cache` cannot be listed, or a selected object is not there or is none.
  package init(_ selection: PurgeSelection, in store: borrowing Store, _ options: Options = Options())
    throws(StoreError)
  {
    targets = try Self.targets(of: selection, in: store)
    guard !targets.isEmpty else { return }
    defer { obstacle = obstacle ?? protectedDirectory(in: store) }
    if case .object(let path) = selection {
      try look(atObject: path, in: store, options)
      return
    }
    try spare(options, in: store)
    let mounts = Guarded<BurialObstacle?>(nil)
    let root = store.path
    let unread = Guarded(0)
    var scan = ScanOptions(threads: options.threads, attributes: true) { error in
      let path = CachePath(error.path, below: root)
      // What stands elsewhere in the cache directory does not go. A root that cannot be listed hides what does.
      guard path.isRoot || path.components.first == Store.cacheName.bytes else { return }
      if error.error == .improperLink { mounts.withLock { $0 = $0 ?? .mount(path.bytes) } }
      unread.withLock { $0 += 1 }
      options.onFailure(error)
    }
    scan.readsAttributesEverywhere = true
    scan.leavesOutGraveyard = true
    scan.isLive = options.isLive
    scan.isCancelled = options.isCancelled
    switch selection {
    case .volumes(let matches):
      scan.onlyVolumes = true
      scan.volumes = matches
    case .legacy: scan.volumes = { _ in false }
    case .all, .object: break
    }
    let prototype = PurgeCensus(store, of: targets.map(\.path), sparing: options.pinned)
    let (census, summary) = try Scanner(store, scan).run { prototype }
    errors = unread.withLock { $0 }
    isInterrupted = summary.isCancelled
    obstacle = mounts.withLock { $0 }
    pinned = census.pinned
    for index in targets.indices {
      let path = targets[index].path
      if let amount = census.amounts[path] { targets[index].amount = amount }
      if targets[index].volumeKey != nil, !targets[index].keepsPinned { targets[index].amount.volumes = 1 }
      if targets[index].volumeKey == nil, targets[index].part == nil { targets[index].amount.others = 1 }
      obstacle = obstacle ?? census.obstacles[path]
    }
  }

  /// A directory that nothing can be moved out of, or the graveyard when nothing can be moved into it. What cannot be looked at is told
  /// by the purge itself.
  private func protectedDirectory(in store: borrowing Store) -> BurialObstacle? {
    let parents = Set(targets.map { CachePath($0.path).parent.bytes }).sorted { $0.lexicographicallyPrecedes($1) }
    for path in parents + [Store.graveyardName.bytes] {
      guard let status = try? store.status(ofEntry: path), let word = status.protectingFlag else { continue }
      return .flag(path, word)
    }
    return nil
  }

  /// Whether anything is selected: a look at the names in `cache`.
  ///
  /// - Throws: ``StoreError`` when `cache` cannot be listed, or a selected object is not there or is none.
  package static func isEmpty(_ selection: PurgeSelection, in store: borrowing Store) throws(StoreError) -> Bool {
    try targets(of: selection, in: store).isEmpty
  }

  private static func targets(
    of selection: PurgeSelection, in store: borrowing Store
  ) throws(StoreError) -> [Target] {
    if case .object(let path) = selection {
      let status = try object(path, in: store)
      return [Target(path: path, inode: status.inode)]
    }
    if let reason = try store.reasonNotACache() {
      throw StoreError(path: store.path, operation: "purge", error: .invalidArgument, note: "it \(reason)")
    }
    var names: [[UInt8]] = []
    try store.forEachCacheEntry { name, kind in
      let isDirectory = kind == .directory || kind == .unknown
      let isChosen =
        switch selection {
        case .volumes(let matches): isDirectory && VolumeName.key(ofName: name).map(matches) ?? false
        case .legacy: Fanout(directoryName: name) != nil
        case .all: true
        case .object: false
        }
      if isChosen { names.append(name.array) }
    }
    var targets: [Target] = []
    for name in names.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      let path = Store.cacheName.bytes.appending(component: name)
      do throws(Errno) {
        guard let status = try store.status(ofEntry: path) else { continue }
        let isVolume = status.kind == .directory && name.first == VolumeName.prefix
        targets.append(
          Target(
            path: path, volumeKey: isVolume ? VolumeName.key(ofName: name) : nil, inode: status.inode))
      } catch {
        throw StoreError(path: store.path.appending(path: path), operation: "look at", error: error)
      }
    }
    return targets
  }

  /// The status of what must be an object.
  private static func object(_ path: [UInt8], in store: borrowing Store) throws(StoreError) -> FileStatus {
    do throws(Errno) {
      guard let status = try store.status(ofEntry: path) else { throw .noSuchFileOrDirectory }
      if CachePath(path).depth != 4 || CachePath(path).components[1].first != VolumeName.prefix,
        status.kind != .regular
      {
        throw .invalidArgument
      }
      return status
    } catch {
      throw StoreError(
        path: store.path.appending(path: path), operation: "purge", error: error,
        note: error == .invalidArgument ? "it is no object" : nil)
    }
  }

  /// What stands at an object's place may be a directory with anything in it.
  private mutating func look(
    atObject path: [UInt8], in store: borrowing Store, _ options: Options
  ) throws(StoreError) {
    if let rule = options.pinned, rule.matches(path: path) {
      pinned.objects = 1
      targets = []
      return
    }
    do throws(Errno) {
      guard let entry = try EntryFinder(store).find(CachePath(path)) else { throw .noSuchFileOrDirectory }
      let survey = BurialSurvey(.count, isCancelled: options.isCancelled)
      let content = try survey.look(at: entry, in: store)
      obstacle = content.obstacle ?? .of(entry.status, device: store.rootStatus.device, path: path)
      targets[0].amount.objects = 1
      targets[0].amount.diskBytes = entry.status.allocatedBytes
      targets[0].amount.dirtyObjects = content.dirty
    } catch {
      if error == .interrupted {
        isInterrupted = true
        return
      }
      throw StoreError(path: store.path.appending(path: path), operation: "look at", error: error)
    }
  }
}
