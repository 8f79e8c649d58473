// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
import LinuxIO
import SystemPackage

/// Takes things out of a cache in use, with the kernel's leave: a volume that no mount uses by one command, which moves it to the
/// graveyard; one in use object by object. What is in use stays, and is counted.
package struct LivePurge: Sendable {
  /// How many entries have been removed so far.
  package let progress: ScanProgress
  private let options: Purge.Options

  /// Prepares a purge.
  package init(_ options: Purge.Options, progress: ScanProgress = ScanProgress()) {
    self.options = options
    self.progress = progress
  }

  /// Carries out a plan.
  package func run(_ plan: PurgePlan, in hold: SharedLiveHold) -> PurgeReport {
    var report = PurgeReport(root: hold.live.store.path)
    report.planned = plan.amount
    report.pinned = plan.pinned
    report.isLive = true
    if let obstacle = plan.obstacle {
      report.refusal = .unmet(obstacle.description)
      return report
    }
    let prepared = report
    do throws(Refusal) {
      return try hold.withRemover { remover in
        var work = LivePurgeWork(hold, remover, options, progress, prepared)
        work.run(plan.targets)
        return work.report
      }
    } catch {
      report.refusal = error
      return report
    }
  }
}

/// A purge on the thread that gives the kernel commands.
private struct LivePurgeWork {
  private let hold: SharedLiveHold
  private let remover: LiveRemover
  private let options: Purge.Options
  private let progress: ScanProgress
  private let survey: BurialSurvey
  private let values = AttributeBuffer(capacity: 1024)
  var report: PurgeReport

  init(
    _ hold: SharedLiveHold, _ remover: LiveRemover, _ options: Purge.Options, _ progress: ScanProgress,
    _ report: PurgeReport
  ) {
    self.hold = hold
    self.remover = remover
    self.options = options
    self.progress = progress
    self.report = report
    survey = BurialSurvey(options.includesDirty ? .ignore : .spare, isCancelled: options.isCancelled)
  }

  private var isOver: Bool { report.refusal != nil || report.isInterrupted }

  mutating func run(_ targets: [PurgePlan.Target]) {
    // The plan may have waited for an answer.
    if options.pins?.look() == true { report.refusal = .otherPins }
    for target in targets where !isOver {
      if options.isCancelled() {
        report.isInterrupted = true
        return
      }
      do throws(Refusal) { try remove(target) } catch { report.refusal = error }
    }
  }

  private mutating func remove(_ target: PurgePlan.Target) throws(Refusal) {
    if options.pins?.isOutdated == true { throw .otherPins }
    let way: SeenDirectory
    let path = CachePath(target.path)
    guard let name = path.name else { return fail(target.path, .invalidArgument) }
    do throws(Errno) {
      way = try SeenDirectory(path.parent.components.compactMap { EntryName($0) }, below: hold.live.store.root)
    } catch {
      return fail(target.path, error)
    }
    if target.keepsPinned { return try removeObjects(of: name, in: way) }
    switch obstacle(at: target.path) {
    case .none: break
    case .dirty?, .mayBeDirty?:
      guard target.volumeKey != nil else {
        return keep(target.path, .dirty)
      }
      return try removeObjects(of: name, in: way)
    case .some(let obstacle): return fail(target.path, .resourceBusy, note: obstacle.description)
    }
    if isOver { return }
    switch try remover.remove(name, inode: target.inode, in: way) {
    case .removed:
      report.done += target.amount
      if target.volumeKey != nil { report.leftGraves += 1 } else { report.freedBytes += target.amount.diskBytes }
    case .inUse where target.volumeKey != nil, .failed(.noSpace) where target.volumeKey != nil:
      try removeObjects(of: name, in: way)
    case .inUse: keep(target.path, .inUse)
    case .changed: fail(target.path, .staleNFSFileHandle)
    case .failed(let error): fail(target.path, error)
    }
  }

  /// What keeps an entry from going as a whole. Things come and go meanwhile; then the kernel is asked about each.
  private mutating func obstacle(at path: [UInt8]) -> BurialObstacle? {
    do throws(Errno) {
      guard let entry = try EntryFinder(hold.live.store).find(CachePath(path)) else { return nil }
      return try survey.look(at: entry, in: hold.live.store).obstacle
    } catch {
      if error == .interrupted, options.isCancelled() { report.isInterrupted = true }
      return .mayBeDirty(path)
    }
  }

  // MARK: Object by object

  /// Removes what can go of a volume in use; its directories stay.
  private mutating func removeObjects(of volume: EntryName, in cache: SeenDirectory) throws(Refusal) {
    let names = cache.steps.map(\.name) + [volume]
    for fanout in list(names, where: { Fanout(directoryName: $0) != nil }) where !isOver {
      let way: SeenDirectory
      do throws(Errno) { way = try SeenDirectory(names + [fanout], below: hold.live.store.root) } catch {
        fail(path(names + [fanout]), error)
        continue
      }
      for name in list(names + [fanout], where: { _ in true }) where !isOver {
        if options.isCancelled() { report.isInterrupted = true } else { try removeObject(name, in: way) }
      }
    }
  }

  private mutating func removeObject(_ name: EntryName, in way: SeenDirectory) throws(Refusal) {
    if options.pins?.isOutdated == true { throw .otherPins }
    let path = path(way.steps.map(\.name) + [name])
    if let pinned = options.pinned, pinned.matches(path: path) { return }
    let status: FileStatus
    do throws(Errno) {
      let directory = try way.open(below: hold.live.store.root)
      status = try directory.status(of: name)
      if !options.includesDirty, status.kind == .regular, !Dirtiness(of: name, in: directory, values).isClean {
        return keep(path, .dirty)
      }
    } catch {
      if error != .noSuchFileOrDirectory { fail(path, error) }
      return
    }
    // The kernel buries a directory in an object's place with all that is in it.
    if status.kind != .regular {
      switch obstacle(at: path) {
      case .none: break
      case .dirty?, .mayBeDirty?: return keep(path, .dirty)
      case .some(let obstacle): return fail(path, .resourceBusy, note: obstacle.description)
      }
      if isOver { return }
    }
    switch try remover.remove(name, inode: status.inode, in: way) {
    case .removed:
      report.done.objects += 1
      report.done.diskBytes += status.allocatedBytes
      report.freedBytes += status.links <= 1 ? status.allocatedBytes : 0
      progress.add(1)
    case .inUse: keep(path, .inUse)
    case .changed: break
    case .failed(let error): fail(path, error)
    }
  }

  /// The names in a directory that pass a test.
  private mutating func list(_ names: [EntryName], where passes: (Span<UInt8>) -> Bool) -> [EntryName] {
    var found: [EntryName] = []
    do throws(Errno) {
      let directory = try SeenDirectory(names, below: hold.live.store.root).open(below: hold.live.store.root)
      let buffer = DirectoryBuffer(capacity: 64 << 10)
      while try buffer.fill(from: directory) {
        buffer.forEach { record in
          if passes(record.name), let name = record.entryName { found.append(name) }
        }
      }
    } catch {
      if error != .noSuchFileOrDirectory { fail(path(names), error) }
    }
    return found
  }

  private func path(_ names: [EntryName]) -> [UInt8] {
    Array(names.map(\.bytes).joined(separator: [UInt8(ascii: "/")]))
  }

  private enum Reason: String {
    case inUse = "the kernel uses it"
    case dirty = "it may hold writes that the server never got, which needs --include-dirty"
  }

  private mutating func keep(_ path: [UInt8], _ reason: Reason) {
    switch reason {
    case .inUse: report.inUse += 1
    case .dirty: report.keptDirty += 1
    }
    options.onKept(hold.live.store.path.appending(path: path), reason.rawValue)
  }

  private mutating func fail(_ path: [UInt8], _ error: Errno, note: String? = nil) {
    let reason: String? =
      switch error {
      case .staleNFSFileHandle: "it has changed since it was looked at"
      case .notPermitted: "it, the directory that it stands in, or the graveyard may be immutable"
      case .noSpace: "the graveyard may have no room for its name"
      default: nil
      }
    report.errors += 1
    options.onFailure(
      StoreError(
        path: hold.live.store.path.appending(path: path), operation: "remove", error: error, note: note ?? reason))
  }
}
