import CachefilesFormat
package import CachefilesStore
package import CachefilesSurvey
package import LinuxIO
import SystemPackage

/// What a cull is to do, and whom it tells.
package struct CullOptions: Sendable {
  /// What is to be reached.
  package var goal = CullGoal()
  /// What may go.
  package var selection = CullSelection()
  /// Whether nothing is removed.
  package var isDryRun = false
  /// At most so many objects a second.
  package var rate: Int?
  /// Stop after so many nanoseconds.
  package var timeLimit: Int64?
  /// Whether empty fanout directories and volumes go too.
  package var prunesEmpty = false
  /// The number of threads.
  package var threads = ScanOptions.defaultThreads
  /// What tells whether the cache is live.
  package var liveness = LivenessSources()
  /// At most so many objects are sorted in memory.
  var sortLimit = 100_000
  /// Of so many objects all threads together remember the last use, so that later scans look at no others.
  var candidateLimit = OldestObjects.capacity
  /// At most so many victims are held in memory; then they are removed and the next ones looked for.
  var batchLimit = 1 << 18
  /// How many paths divide objects of one and the same last use.
  var pivotCount = 1000
  /// Called when all objects have been counted, before anything is removed; a reason ends the cull.
  package var onCount: @Sendable () -> String? = { nil }
  /// Called with the plan before anything is removed.
  package var onPlan: @Sendable (Cull.Plan) -> Void = { _ in }
  /// Called for each victim, in the order of culling but for what threads remove at the same time; from many threads at once.
  package var onVictim: (@Sendable (ObjectListing.Item) -> Void)?
  /// Called for each entry that cannot be read or removed, from one thread at a time.
  package var onFailure: @Sendable (StoreError) -> Void = { _ in }
  /// Asked between two entries; true ends the cull.
  package var isCancelled: @Sendable () -> Bool = { Interruption.signal != nil }

  /// The usual options, without a goal.
  package init() {}
}

/// Removes the least recently used objects until a goal holds: what cachefilesd does while a cache is live, done to one
/// that is not.
///
/// The victims are exactly the first objects in the order of last use and path, and they go in that order, so that a cull which
/// is cut short has removed the ones that were unused for longest. They are found with one scan that counts and one that sorts
/// the little that counting leaves open; a third gathers them. The second and the third read the directories again and look
/// only at objects that went unused for longest, where the first could remember them.
/// Where victims turn out to be dirty or have changed, another round takes the next ones.
package final class Cull: Sendable {
  /// What is going to be removed.
  package struct Plan: Sendable, Equatable {
    /// The victims.
    package var sum = CullSum()
    /// The least recent use among them, nanoseconds since 1970.
    package var oldest: Int64?
    /// The most recent use among them, nanoseconds since 1970.
    package var newest: Int64?
    /// Whether the goal can be reached.
    package var isEnough = true
  }

  /// What came of it.
  package struct Report: Sendable {
    /// The root's path.
    package var root: [UInt8]
    /// What had to go.
    package var need = CullSum()
    /// What was to be removed; in a dry run, without the dirty objects that would stay.
    package var plan = Plan()
    /// What was removed, or would be.
    package var done = CullSum()
    /// Objects that changed or vanished since they were looked at.
    package var skipped = 0
    /// Dirty objects that stayed.
    package var dirty = 0
    /// What could not be read or removed.
    package var errors = 0
    /// Empty directories that were removed.
    package var prunedDirectories = 0
    /// Available bytes of the file system before, where it tells.
    package var availableBefore: UInt64?
    /// Available bytes of the file system afterwards, where it tells.
    package var availableAfter: UInt64?
    /// Whether the goal holds now; in a dry run, whether it would.
    package var isGoalMet = false
    /// What is missing where it does not hold.
    package var shortfall = CullShortfall()
    /// Whether all objects have been counted.
    package var isCounted = false
    /// Why nothing was done, or the work was stopped: one line.
    package var refusal: Refusal?
    /// Whether a signal ended it.
    package var isInterrupted = false
    /// Whether the time was over.
    package var isOutOfTime = false
    /// Nothing was removed.
    package var isDryRun = false

    /// Whether anything was removed.
    package var hasDoneSomething: Bool { !isDryRun && (!done.isNothing || prunedDirectories > 0) }
  }

  /// How many entries have been seen so far.
  package let progress = ScanProgress()
  let options: CullOptions
  let work: CullWork
  let rootPath: [UInt8]

  /// Prepares a cull of an open cache directory.
  package init(_ store: consuming Store, _ options: CullOptions) {
    rootPath = store.path
    self.options = options
    work = CullWork(store, options)
  }

  /// The objects removed so far, for a progress display.
  package var removedObjects: Int { work.current.done.objects }

  /// Finds the victims and removes them.
  package func run() -> Report {
    var report = Report(root: rootPath)
    report.isDryRun = options.isDryRun
    do throws(Refusal) {
      if !options.isDryRun { try work.hold(options.liveness) }
      try attempt(&report)
    } catch {
      report.refusal = error
    }
    work.release()
    let tally = work.current
    report.done = tally.done
    report.skipped = tally.skipped
    report.dirty = tally.dirty
    report.errors = tally.errors
    if let refusal = work.refusal { report.refusal = refusal }
    report.isInterrupted = options.isCancelled()
    report.isOutOfTime = work.isOutOfTime
    return report
  }

  private func attempt(_ report: inout Report) throws(Refusal) {
    do throws(StoreError) {
      try rounds(&report)
      if report.refusal == nil, options.prunesEmpty, !options.isDryRun, !work.isCancelled { try prune(&report) }
      try settle(report)
      try judge(&report)
    } catch {
      work.fail(error)
    }
  }

  private func rounds(_ report: inout Report) throws(StoreError) {
    let (selection, usedSince) = (options.selection, options.goal.usedSince)
    let status = fileSystem()
    report.availableBefore = status?.availableBytes
    var after: CullKey?
    var upTo = options.goal.usedSince
    var isFirst = true
    while !work.isCancelled {
      if !isFirst, upTo == nil, report.need.remaining(after: work.current.done).isNothing { return }
      let lower = after
      work.startCounting()
      let room = OldestObjects(limit: options.candidateLimit / max(1, options.threads))
      guard
        let counted = try scan(
          nil,
          {
            HistogramVisitor(selection, after: lower, candidates: room, usedSince: usedSince)
          })
      else { return }
      let scans = CandidateScans(cull: self, known: counted.candidates)
      if isFirst {
        report.need = options.goal.need(status, selected: counted.selected)
        report.shortfall.olderObjects = counted.older
        report.shortfall.unreadEntries = work.unreadInCount
        report.isCounted = true
        if let reason = options.onCount() {
          report.refusal = .unmet(reason)
          return
        }
      }
      let need = report.need.remaining(after: work.current.done)
      if need.isNothing, upTo == nil { return }
      guard let plan = try plan(need, counted, after: after, upTo: upTo, scans) else { return }
      if isFirst {
        report.plan = plan.plan
        options.onPlan(plan.plan)
      }
      let bounds = plan.bounds
      work.startRound(of: need.isNothing ? .max : plan.plan.sum.objects)
      guard try remove(within: bounds, scans) else { return }
      if options.isDryRun { noteDryRun(&report) }
      isFirst = false
      if !options.isDryRun {
        switch work.endRound() {
        case .isComplete: break
        case .leftObjects: continue
        case .isStuck:
          report.shortfall.isUnreadable = true
          return
        }
      }
      upTo = nil
      after = bounds.last ?? CullKey(accessTime: bounds.times.upperBound, path: [0xff])
      if !plan.plan.isEnough { return }
    }
  }

  /// Removes what lies within bounds, a part at a time that fits memory, each in order. False when a scan was cancelled.
  private func remove(within bounds: CandidateVisitor.Bounds, _ scans: CandidateScans) throws(StoreError) -> Bool {
    let selection = options.selection
    if options.isDryRun, options.onVictim == nil {
      let visitor = { @Sendable in PretendedRemoval(self.work, bounds) }
      return try scans.scan(within: bounds.times, visitor) != nil
    }
    var part = bounds
    while !work.isCancelled {
      let found = VictimSelection(limit: options.batchLimit)
      let range = part
      let visitor = { @Sendable in VictimVisitor(selection, range, into: found) }
      guard try scans.scan(within: range.times, visitor) != nil else { return false }
      let (victims, isCut) = found.finish()
      OrderedRemoval(victims, work, rootPath: rootPath).run()
      guard isCut, let last = victims.last else { return true }
      part.after = last.key
      part.times = max(last.accessTime, range.times.lowerBound)...range.times.upperBound
    }
    return true
  }

  /// In a dry run the plan is what was really looked at.
  private func noteDryRun(_ report: inout Report) {
    let tally = work.current
    report.plan.sum = tally.done
    report.plan.oldest = tally.oldest
    report.plan.newest = tally.newest
  }

  private func plan(
    _ need: CullSum, _ counted: HistogramVisitor, after: CullKey?, upTo: Int64?, _ scans: CandidateScans
  ) throws(StoreError) -> (plan: Plan, bounds: CandidateVisitor.Bounds)? {
    var bounds = CandidateVisitor.Bounds(times: .min ... .max, after: after)
    var plan = Plan(sum: counted.histogram.total, oldest: counted.oldest, newest: counted.newest)
    if !need.isNothing {
      let finder = CutFinder(
        selection: options.selection, sortLimit: options.sortLimit,
        pivotCount: options.pivotCount)
      guard let cut = try finder.find(need, in: counted.histogram, after: after, scans) else { return nil }
      plan.sum = cut.plan
      if let last = cut.last { plan.newest = last.accessTime }
      plan.isEnough = cut.last != nil
      bounds.last = cut.last
      if let last = cut.last { bounds.times = .min...last.accessTime }
    }
    // Whatever was not used since a moment goes, also where less would do for the rest of the goal.
    if let moment = upTo, bounds.last == nil || bounds.times.upperBound < moment {
      if need.isNothing || bounds.last != nil {
        bounds.times = .min...(moment - 1)
        bounds.last = nil
        plan.isEnough = true
        guard let exact = try exactSum(bounds, scans) else { return nil }
        plan.sum = exact.histogram.total
        plan.newest = exact.newest
      }
    }
    if plan.sum.isNothing { plan.oldest = nil }
    return (plan, bounds)
  }

  private func exactSum(
    _ bounds: CandidateVisitor.Bounds, _ scans: CandidateScans
  ) throws(StoreError) -> HistogramVisitor? {
    let selection = options.selection
    return try scans.scan(within: bounds.times) {
      HistogramVisitor(selection, range: bounds.times, after: bounds.after)
    }
  }

  func fileSystem() -> FileSystemStatus? {
    do throws(StoreError) {
      return try work.withStore { (store) throws(StoreError) in
        do throws(Errno) { return try store.root.fileSystem() } catch {
          throw StoreError(path: store.path, operation: "find the size of the file system of", error: error)
        }
      }
    } catch {
      work.fail(error)
      return nil
    }
  }
}

/// The scans of a round after the first one.
private struct CandidateScans: CullScanner {
  let cull: Cull
  /// What went unused for longest, as the first scan saw it.
  let known: OldestObjects?

  func scan<V: ScanVisitor & SendableMetatype>(
    within times: ClosedRange<Int64>, _ makeVisitor: @escaping @Sendable () -> V
  ) throws(StoreError) -> V? {
    try cull.scan(known?.filter(within: times), makeVisitor)
  }
}

extension Cull {
  /// Scans all objects, or those that pass a filter. Returns nil when the scan was cancelled.
  func scan<V: ScanVisitor & SendableMetatype>(
    _ inodes: InodeFilter?, _ makeVisitor: @escaping @Sendable () -> V
  ) throws(StoreError) -> V? {
    var scan = ScanOptions(threads: options.threads, onlyVolumes: true) { self.work.fail($0) }
    scan.volumes = options.selection.volumes
    scan.inodes = inodes
    scan.keepsDirectories = V.self == VictimVisitor.self
    scan.isCancelled = { self.work.isCancelled }
    let prepared = scan
    let (visitor, summary) = try work.withStore { (store) throws(StoreError) in
      try Scanner(store, prepared, progress: progress).run(makeVisitor)
    }
    work.noteScan(failures: summary.failures)
    return summary.isCancelled ? nil : visitor
  }
}

extension FileSystemStatus {
  /// The bytes that everybody can use.
  package var availableBytes: UInt64 { availableBlocks &* blockSize }
}
