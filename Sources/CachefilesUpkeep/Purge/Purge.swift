// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
package import LinuxIO
import SystemPackage

/// Takes things out of a cache that is not in use: each is buried by one rename, so that the cache can be used at once,
/// and then what was buried is removed. Other entries of the graveyard stay.
package struct Purge: Sendable {
  /// How a purge is done.
  package struct Options: Sendable {
    /// Nanoseconds since 1970.
    package var now: Timestamp
    /// Whether dirty objects go too.
    package var includesDirty = false
    /// What stays; nil where nothing is pinned.
    package var pinned: PinnedObjects?
    /// Watches over the pins: where others hold, nothing goes any more (``Refusal/otherPins``).
    package var pins: PinWatch?
    /// What tells whether the cache is live.
    package var liveness = LivenessSources()
    /// The number of threads of the sweep.
    package var threads = GraveyardSweeper.defaultThreads
    /// Called for each thing that stays because it is in use or dirty, with the reason; only of a cache in use.
    package var onKept: @Sendable ([UInt8], String) -> Void = { _, _ in }
    /// Called for each thing that could not be done, from one thread at a time.
    package var onFailure: @Sendable (StoreError) -> Void = { _ in }
    /// Asked between two entries; true ends the purge.
    package var isCancelled: @Sendable () -> Bool = { Interruption.signal != nil }

    /// The usual options.
    package init(now: Timestamp) { self.now = now }
  }

  /// How many entries have been removed so far.
  package let progress = ScanProgress()
  private let options: Options

  /// Prepares a purge.
  package init(_ options: Options) { self.options = options }

  /// Carries out a plan. Never on a live or locked cache: then ``PurgeReport/refusal`` says why.
  package func run(_ plan: PurgePlan, in store: borrowing Store) -> PurgeReport {
    do throws(Refusal) {
      return run(plan, in: try store.hold(options.liveness))
    } catch {
      var report = PurgeReport(root: store.path)
      report.planned = plan.amount
      report.pinned = plan.pinned
      report.refusal = plan.obstacle.map { .unmet($0.description) } ?? error
      return report
    }
  }

  /// Carries out a plan in a cache that was taken before it was made.
  package func run(_ plan: PurgePlan, in cache: borrowing ExclusiveCache) -> PurgeReport {
    var report = PurgeReport(root: cache.store.path)
    report.planned = plan.amount
    report.pinned = plan.pinned
    if let obstacle = plan.obstacle {
      report.refusal = .unmet(obstacle.description)
      return report
    }
    let graves = bury(plan, in: cache.store, &report, askingKernel: false) { () throws(Refusal) in
      try cache.checkStillFree()
    }
    report.leftGraves = graves.count
    if graves.isEmpty || report.isInterrupted { return report }
    // A cache that has come up since then may have put something of its own into the graveyard.
    guard report.refusal == nil else { return report }
    do throws(Refusal) {
      try cache.requireStillFree()
      sweep(graves, in: cache.store, &report)
    } catch {
      report.refusal = error
    }
    return report
  }

  /// Buries trees of the layout before 5.17 in a cache that a kernel from 5.17 on has in use: it never looks at them, so that no
  /// leave is needed. They stay in the graveyard for the daemon, which empties it itself and may end when another does (C4).
  ///
  /// Who calls it has seen the kernel's mark on the cache (``Liveness/live``), which no kernel before 5.17 makes. Each tree is asked
  /// about once more: one that the kernel has marked stays.
  package func buryOldTrees(_ plan: PurgePlan, besideKernelIn store: borrowing Store) -> PurgeReport {
    var report = PurgeReport(root: store.path)
    report.planned = plan.amount
    report.isLive = true
    do throws(Refusal) {
      if let obstacle = plan.obstacle { throw .unmet(obstacle.description) }
      let graveyard = try GraveyardHold(of: store)
      let graves = bury(plan, in: store, &report, askingKernel: true) { () throws(Refusal) in }
      report.leftGraves = graves.count
      _ = graveyard
    } catch {
      report.refusal = error
    }
    return report
  }

  /// A name in the graveyard, and what was buried there.
  private struct Grave {
    var name: EntryName
    var inode: UInt64
  }

  /// - Parameters:
  ///   - asksKernel: whether a directory that the kernel has marked stays.
  ///   - check: asked before each entry whether the cache may still be changed.
  private func bury(
    _ plan: PurgePlan, in store: borrowing Store, _ report: inout PurgeReport, askingKernel asksKernel: Bool,
    check: () throws(Refusal) -> Void
  ) -> [Grave] {
    var graves: [Grave] = []
    var names = GraveyardNames(now: options.now)
    let survey = BurialSurvey(options.includesDirty ? .ignore : .spare, isCancelled: options.isCancelled)
    do throws(Errno) {
      try Self.makeGraveyard(in: store)
    } catch {
      fail(store.path.appending(component: Store.graveyardName.bytes), "make", error, &report)
      return []
    }
    for (index, target) in plan.targets.enumerated() {
      if options.isCancelled() {
        report.isInterrupted = true
        break
      }
      do throws(Refusal) {
        // The plan may have waited for an answer.
        if let pins = options.pins, index == 0 ? pins.look() : pins.isOutdated { throw .otherPins }
        try check()
      } catch {
        report.refusal = error
        break
      }
      do throws(Errno) {
        let finder = try EntryFinder(store)
        guard var entry = try finder.find(CachePath(target.path)) else { throw .noSuchFileOrDirectory }
        // What was planned may have waited for an answer: it is looked through once more.
        if let obstacle = try survey.look(at: entry, in: store).obstacle {
          fail(
            store.path.appending(path: target.path), "bury", .resourceBusy, note: obstacle.description, &report)
          continue
        }
        try entry.lookAgain()
        guard entry.status.inode == target.inode else { throw .staleNFSFileHandle }
        if asksKernel, try Self.isGone(target, in: store) {
          report.done += target.amount
          continue
        }
        graves.append(Grave(name: try Self.bury(entry, finder, &names), inode: target.inode))
        report.done += target.amount
      } catch {
        if error == .interrupted, options.isCancelled() {
          report.isInterrupted = true
          break
        }
        fail(store.path.appending(path: target.path), "bury", error, &report)
      }
    }
    return graves
  }

  /// Asks the kernel whether it uses a directory, which is to go: `rmdir` says so before it looks whether there is something in it.
  /// True when it was empty, and is gone.
  ///
  /// - Throws: `Errno`; EBUSY when it is in use.
  private static func isGone(_ target: PurgePlan.Target, in store: borrowing Store) throws(Errno) -> Bool {
    try store.withParent(of: target.path) { (parent, name) throws(Errno) in
      do throws(Errno) { try parent.removeDirectory(name) } catch {
        guard error == .directoryNotEmpty || error == .fileExists || error == .notDirectory else { throw error }
        return false
      }
      return true
    }
  }

  private static func makeGraveyard(in store: borrowing Store) throws(Errno) {
    do throws(Errno) {
      try store.root.makeDirectory(Store.graveyardName, permissions: 0o700)
    } catch {
      guard error == .fileExists else { throw error }
      guard try store.root.status(of: Store.graveyardName).kind == .directory else { throw .notDirectory }
    }
  }

  /// Buries one entry, never over another one.
  private static func bury(
    _ entry: borrowing EntryHandle, _ finder: EntryFinder, _ names: inout GraveyardNames
  ) throws(Errno) -> EntryName {
    for _ in 0..<GraveyardNames.attempts {
      let grave = names.next()
      guard let name = grave.name else { throw .invalidArgument }
      do throws(Errno) {
        try entry.move(to: grave, finder)
        return name
      } catch {
        guard error == .fileExists else { throw error }
      }
    }
    throw .fileExists
  }

  private func sweep(_ graves: [Grave], in store: borrowing Store, _ report: inout PurgeReport) {
    let path = store.path.appending(component: Store.graveyardName.bytes)
    do throws(StoreError) {
      guard let graveyard = try GraveyardSweeper.openGraveyard(of: store) else {
        throw StoreError(path: path, operation: "sweep", error: .noSuchFileOrDirectory)
      }
      let names = graves.filter { isThere($0, in: graveyard, path, &report) == true }.map(\.name)
      var removal = TreeRemover.Options()
      removal.threads = GraveyardSweeper.threads(options.threads)
      removal.isCancelled = options.isCancelled
      removal.onFailure = GraveyardSweeper.serialized(options.onFailure, below: path, operation: "remove")
      let tally = TreeRemover.remove(names, in: graveyard, removal, progress: progress)
      report.freedBytes = tally.freedBytes
      report.isInterrupted = tally.isCancelled
      report.errors += tally.errors
      report.leftGraves = graves.count { isThere($0, in: graveyard, path, &report) != false }
    } catch {
      report.errors += 1
      options.onFailure(error)
    }
  }

  /// Whether a grave holds what was buried there; nil where that cannot be told: it is named, counts as left, and is
  /// not removed.
  private func isThere(
    _ grave: Grave, in graveyard: borrowing OwnedDescriptor, _ path: [UInt8], _ report: inout PurgeReport
  ) -> Bool? {
    do throws(Errno) {
      return try graveyard.status(of: grave.name).inode == grave.inode
    } catch {
      if error == .noSuchFileOrDirectory { return false }
      fail(path.appending(component: grave.name.bytes), "look at", error, &report)
      return nil
    }
  }

  private func fail(
    _ path: [UInt8], _ operation: String, _ error: Errno, note: String? = nil, _ report: inout PurgeReport
  ) {
    let reason: String? =
      switch error {
      case .staleNFSFileHandle: "it has changed since it was looked at"
      case .notPermitted: "it, or the directory that it stands in, may be immutable"
      case .resourceBusy: "something is mounted there"
      case .improperLink: "something is mounted there, or the graveyard is of another project, for quotas (chattr -p)"
      default: nil
      }
    report.errors += 1
    options.onFailure(StoreError(path: path, operation: operation, error: error, note: note ?? reason))
  }
}
