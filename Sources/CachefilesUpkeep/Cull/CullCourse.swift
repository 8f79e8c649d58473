// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import SystemPackage

/// The course of a cull: rounds of counting, planning and removing, until the goal holds or nothing else may go.
struct CullCourse {
  /// What is done next.
  private enum Stage {
    /// Everything that may go, after what went, is counted.
    case count
    /// How far to go is found out.
    case plan(HistogramVisitor, CandidateScans)
    /// What lies within bounds goes.
    case remove(Planned, CandidateScans)
    /// The file system is asked whether it has what was removed.
    case settle
    case finished
  }

  /// How far to go.
  private struct Planned {
    var plan: Cull.Plan
    var bounds: CullScope.Bounds
    /// What was still to go.
    var need: CullSum
  }

  private let cull: Cull
  /// What may go, and in what order.
  private(set) var terms: CullScope.Terms
  var report: Cull.Report
  /// Where earlier rounds ended.
  private var after: CullKey?
  /// All that was last used before this moment goes; nil when it has gone.
  private var upTo: Int64?
  private var isFirst = true
  /// How often more was taken because the file system had less than what went had come to.
  private var additions = 0

  /// So many victims that are known are taken out of the pool at a time.
  private static let stretch = 1 << 13
  /// So often at most: of a cache in use others write meanwhile.
  private static let additionLimit = (offline: 4, live: 16)

  init(_ cull: Cull, _ report: Cull.Report) {
    self.cull = cull
    self.report = report
    terms = CullScope.Terms(selection: cull.options.selection, order: cull.options.order)
    let moment = cull.options.goal.usedSince.map(CullOrder.rank(ofUse:))
    // No rank is below the lowest: nothing is known to have been used before that.
    upTo = moment == .min ? nil : moment
  }

  private var session: CullSession { cull.session }
  private var options: CullOptions { cull.options }

  /// Goes all the way.
  mutating func run() throws(StoreError) {
    report.availableBefore = cull.fileSystem()?.availableBytes
    // What cannot be listed is told by the scan.
    report.hasLegacyTree =
      (try? cull.session.withStore { (store) throws(StoreError) in try store.hasLegacyTree() }) ?? false
    if let limit = options.selection.keptPerVolume {
      guard var recent = try cull.scan(nil, { RecentUses(limit: limit) }) else { return }
      terms.keptSince = recent.keptSince()
    }
    var stage = Stage.count
    while !session.isCancelled {
      switch stage {
      case .count: stage = try count()
      case .plan(let counted, let scans): stage = try plan(counted, scans)
      case .remove(let planned, let scans): stage = try remove(planned, scans)
      case .settle: stage = try settle()
      case .finished: return
      }
    }
  }

  // MARK: Counting

  private mutating func count() throws(StoreError) -> Stage {
    session.startCounting()
    let (terms, goal, lower) = (terms, options.goal, after)
    let room = terms.order == .lastUse ? OldestObjects(limit: options.candidateLimit / max(1, options.threads)) : nil
    let first = VictimSelection(limit: options.batchLimit)
    let visitor = { @Sendable in
      HistogramVisitor(
        CullScope(terms, CullScope.Bounds(after: lower)), candidates: room, victims: first, usedSince: goal.usedSince)
    }
    guard let counted = try cull.scan(nil, keepsDirectories: true, visitor) else { return .finished }
    if isFirst {
      report.need = goal.need(cull.fileSystem(), selected: counted.selected)
      report.shortfall.olderObjects = counted.older
      report.pinned = counted.pinned
      report.shortfall.unreadEntries = session.unreadInCount
      report.isCounted = true
      if let reason = options.onCount() {
        report.refusal = .unmet(reason)
        return .finished
      }
    }
    return .plan(counted, CandidateScans(cull: cull, known: counted.candidates, victims: first.finish()))
  }

  // MARK: Planning

  private mutating func plan(_ counted: HistogramVisitor, _ scans: CandidateScans) throws(StoreError) -> Stage {
    let need = need(counted)
    if need.isNothing, upTo == nil { return .settle }
    guard let planned = try planned(need, counted, scans) else { return .finished }
    guard isFirst else { return .remove(planned, scans) }
    report.plan = planned.plan
    if !planned.plan.isEnough, !options.isBestEffort, !options.isDryRun {
      report.refusal = .unmet(options.unreachable(planned.plan.sum, need, report.pinned))
      return .finished
    }
    options.onPlan(planned.plan)
    return .remove(planned, scans)
  }

  /// What is still to go. Of a cache in use it is asked anew: the kernel's own culling goes on, and others write.
  private func need(_ counted: HistogramVisitor) -> CullSum {
    guard session.isLive, !options.isDryRun, !isFirst else { return report.need.remaining(after: session.current.done) }
    return options.goal.need(cull.fileSystem(), selected: counted.selected)
  }

  private func planned(
    _ need: CullSum, _ counted: HistogramVisitor, _ scans: CandidateScans
  ) throws(StoreError) -> Planned? {
    var planned = Planned(
      plan: Cull.Plan(sum: counted.histogram.total, oldest: counted.oldest, newest: counted.newest),
      bounds: CullScope.Bounds(after: after), need: need)
    if !need.isNothing {
      guard let cut = try cut(covering: need, counted, scans) else { return nil }
      planned.plan.sum = cut.plan
      planned.plan.isEnough = cut.last != nil
      planned.bounds.last = cut.last
      if let last = cut.last {
        planned.bounds.ranks = .min...last.rank
        if options.order == .lastUse { planned.plan.newest = CullOrder.use(ofRank: last.rank) }
      }
    }
    guard try extend(&planned, scans) else { return nil }
    if planned.plan.sum.isNothing { planned.plan.oldest = nil }
    return planned
  }

  private func cut(
    covering need: CullSum, _ counted: HistogramVisitor, _ scans: CandidateScans
  ) throws(StoreError) -> CutFinder.Cut? {
    if let cut = scans.victims.cut(covering: need) { return cut }
    let finder = CutFinder(terms: terms, sortLimit: options.sortLimit, pivotCount: options.pivotCount)
    return try finder.find(need, in: counted.histogram, after: after, scans)
  }

  /// Whatever was not used since a moment goes, also where less would do for the rest of the goal. False when a scan was
  /// cancelled.
  private func extend(_ planned: inout Planned, _ scans: CandidateScans) throws(StoreError) -> Bool {
    let (last, need) = (planned.bounds.last, planned.need)
    guard let moment = upTo, last == nil || planned.bounds.ranks.upperBound < moment, need.isNothing || last != nil
    else { return true }
    planned.bounds.ranks = .min...(moment - 1)
    planned.bounds.last = nil
    planned.plan.isEnough = true
    let (terms, bounds) = (terms, planned.bounds)
    if let count = scans.victims.count(within: bounds) {
      (planned.plan.sum, planned.plan.newest) = scans.victims.facts(first: count)
      return true
    }
    let exact = try scans.scan(within: bounds.ranks) { HistogramVisitor(CullScope(terms, bounds)) }
    guard let exact else { return false }
    planned.plan.sum = exact.histogram.total
    planned.plan.newest = exact.newest
    return true
  }

  // MARK: Removing

  private mutating func remove(_ planned: Planned, _ scans: CandidateScans) throws(StoreError) -> Stage {
    session.startRound(of: planned.need.isNothing ? .max : planned.plan.sum.objects)
    guard try remove(within: planned.bounds, scans) else { return .finished }
    if options.isDryRun {
      session.tellFailures()
      noteDryRun()
    }
    isFirst = false
    if !options.isDryRun {
      switch session.endRound() {
      case .isComplete: break
      case .leftObjects: return .count
      case .isStuck:
        report.shortfall.isUnreadable = true
        return .settle
      }
    }
    upTo = nil
    after = planned.bounds.last ?? CullKey(behind: planned.bounds.ranks.upperBound)
    let isReached = report.need.remaining(after: session.current.done).isNothing
    return planned.plan.isEnough && !isReached ? .count : .settle
  }

  /// Removes what lies within bounds, a part at a time that fits memory, each in order. False when a scan was cancelled.
  private func remove(within bounds: CullScope.Bounds, _ scans: CandidateScans) throws(StoreError) -> Bool {
    if let count = scans.victims.count(within: bounds) {
      scans.victims.openDirectoriesAnew(first: count)
      remove(scans.victims, first: count)
      return true
    }
    let (terms, session) = (terms, session)
    if session.currentRight == nil, options.onVictim == nil {
      let visitor = { @Sendable in PretendedRemoval(CullScope(terms, bounds), session) }
      return try scans.scan(within: bounds.ranks, visitor) != nil
    }
    var part = bounds
    while !session.isCancelled {
      let found = VictimSelection(limit: options.batchLimit)
      let range = part
      let visitor = { @Sendable in VictimVisitor(CullScope(terms, range), into: found) }
      guard try scans.scan(within: range.ranks, visitor) != nil else { return false }
      let known = found.finish()
      remove(known, first: known.count)
      guard known.isCut, let last = known.last else { return true }
      part.after = last.key
      part.ranks = max(last.rank, range.ranks.lowerBound)...range.ranks.upperBound
    }
    return true
  }

  /// Removes the first of what is known, in order; says what would come of it where nothing goes.
  private func remove(_ victims: KnownVictims, first count: Int) {
    guard session.currentRight != nil else {
      return CullForecast(victims, first: count, session, rootPath: cull.rootPath).run()
    }
    for start in stride(from: 0, to: count, by: Self.stretch) where !session.isCancelled {
      let part = victims.victims(start..<min(count, start + Self.stretch))
      OrderedRemoval(part, session, rootPath: cull.rootPath).run()
    }
  }

  /// In a dry run the plan is what was really looked at.
  private mutating func noteDryRun() {
    let tally = session.current
    report.plan.sum = tally.done
    report.plan.oldest = tally.oldest
    report.plan.newest = tally.newest
  }

  // MARK: Settling

  /// What was removed is not yet what the file system has: it keeps some for itself, or others write. Then a little more goes.
  private mutating func settle() throws(StoreError) -> Stage {
    try cull.settle(report)
    guard !options.isDryRun, session.current.done.objects > 0, let status = cull.fileSystem() else { return .finished }
    let missing = options.goal.missing(status)
    let limit = session.isLive ? Self.additionLimit.live : Self.additionLimit.offline
    guard missing != (0, 0), additions < limit, isLittle(missing.bytes), !report.shortfall.isUnreadable else {
      return .finished
    }
    additions += 1
    let left = report.need.remaining(after: session.current.done)
    report.need.bytes = report.need.bytes.addingClamped(missing.bytes > left.bytes ? missing.bytes - left.bytes : 0)
    let files = Int(clamping: missing.files)
    report.need.files += files > left.files ? files - left.files : 0
    return .count
  }

  /// Whether what is missing can be what a file system keeps for itself. More than that is missing when removed files are still
  /// open or share their blocks: removing others would not help.
  private func isLittle(_ missing: UInt64) -> Bool {
    session.isLive || missing <= report.need.bytes / 16 || missing <= 1 << 20 && missing <= report.need.bytes / 2
  }
}
