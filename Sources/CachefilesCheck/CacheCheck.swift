// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
import LinuxIO
import Synchronization
import SystemPackage

/// A check of a cache directory, and its repair: observe, judge, act.
package final class CacheCheck: Sendable {
  /// How many entries have been seen so far.
  package let progress = ScanProgress()
  private let options: CheckOptions
  private let collector: FindingCollector
  private let failures = Guarded<(count: Int, told: DistinctFailures)>((0, DistinctFailures()))
  private let start: ContinuousClock.Instant

  /// Prepares a check. One value makes one run.
  package init(_ options: CheckOptions) {
    self.options = options
    start = options.clock()
    collector = FindingCollector(options.policy, repairLimit: options.repairLimit, onFinding: options.onFinding)
  }

  /// What one look at the whole cache, or at the part that was asked for, came to.
  private struct Look {
    var scanned = CheckReport.Scanned()
    var isInterrupted = false
    var nextVolume: [UInt8]?
    var isComplete: Bool { !isInterrupted && nextVolume == nil }
  }

  /// Checks the directory and, where the policy says so, repairs it.
  ///
  /// What cannot be read or done is named through ``CheckOptions/onFailure`` and counted in ``CheckReport/errors``; nothing
  /// is thrown. Where a repair was asked for and may not be begun, ``CheckReport/refusal`` says why.
  package func run(_ store: borrowing Store) -> CheckReport {
    var report = CheckReport(root: store.path)
    report.isRepair = options.policy.repairs
    report.deletes = options.deletes
    report.isPartial = options.volumes != nil || options.firstVolume != nil || options.policy.only != nil
    report.liveness = store.probeLiveness(options.liveness)
    report.daemon = report.liveness == .live ? options.liveness.daemon : nil
    if report.isRepair {
      do throws(Refusal) {
        try refuseOthers(store)
        if options.isLive, report.liveness == .live {
          try repairLive(store, &report)
          return finish(report)
        }
        let cache = try store.hold(options.liveness)
        if let journal = options.journal, let reason = Journal.obstacle(to: journal, store) { throw .unmet(reason) }
        attempt { () throws(StoreError) in
          let (context, look) = try check(store, &report)
          try repair(cache, context, look, &report)
        }
      } catch {
        report.refusal = error
      }
    } else {
      attempt { () throws(StoreError) in _ = try check(store, &report) }
    }
    return finish(report)
  }

  private func attempt(_ body: () throws(StoreError) -> Void) {
    do throws(StoreError) { try body() } catch { fail(error) }
  }

  /// A repair would be one of something else than a cache. What cannot be listed, or is not even a directory, is what repairs
  /// are for.
  private func refuseOthers(_ store: borrowing Store) throws(Refusal) {
    let reason: String?
    do throws(StoreError) { reason = try store.reasonNotACache() } catch { reason = nil }
    if let reason { throw .notACache(reason) }
  }

  private func check(
    _ store: borrowing Store, _ report: inout CheckReport
  ) throws(StoreError) -> (CheckContext, Look) {
    let observation = try RootObservation.observe(store, liveness: report.liveness)
    observation.failures.forEach(fail)
    failHidden(observation, store)
    report.unseen = observation.unseen
    if observation.cache?.kind == .directory { report.generation = try store.generation() }
    var context = CheckContext(
      kernel: options.kernel, now: options.now, isLive: report.liveness == .live, isThorough: options.isThorough)
    context.isCacheOfThisMachine = options.isCacheOfThisMachine
    context.isClockBehind = observation.isAhead(of: options.now)
    // What cannot be told is no proof of use.
    context.hasAccessTimes = observation.fileSystem.map { !$0.hasNoAccessTimes } ?? false
    let look = try look(store, context, observation, report.generation)
    report.scanned = look.scanned
    report.isInterrupted = look.isInterrupted
    report.nextVolume = look.nextVolume
    return (context, look)
  }

  /// What `--only` asks for and could not be looked for is a failure. A `cache` or a `graveyard` that is no directory is R02: where that is
  /// left out, nothing in it was looked at all the same.
  private func failHidden(_ observation: RootObservation, _ store: borrowing Store) {
    guard let only = options.policy.only else { return }
    for unseen in observation.unseen where only.contains(unseen.id) {
      fail(
        StoreError(
          path: store.path, operation: "look for \(unseen.id.rawValue) in", error: .resourceBusy,
          note: "it cannot be told \(unseen.words)"))
    }
    if only.contains(.r02) { return }
    for (name, status) in [(Store.cacheName, observation.cache), (Store.graveyardName, observation.graveyard)] {
      guard let status, status.kind != .directory else { continue }
      fail(
        StoreError(
          path: store.path.appending(component: name.bytes), operation: "look below", error: .notDirectory,
          note: "it is \(status.kind.words)"))
    }
  }

  private func finish(_ report: CheckReport) -> CheckReport {
    var report = report
    report.groups = collector.groups()
    report.errors = failures.withLock { $0.count }
    report.duration = options.clock() - start
    return report
  }

  private func fail(_ error: StoreError) {
    failures.withLock { failures in
      guard failures.told.isNew(error) else { return }
      failures.count += 1
      options.onFailure(error)
    }
  }

  private var isOutOfTime: Bool {
    options.timeLimit.map { options.clock() - start > $0 } ?? false
  }

  // MARK: Looking

  private func look(
    _ store: borrowing Store, _ context: CheckContext, _ observation: RootObservation, _ generation: FormatGeneration
  ) throws(StoreError) -> Look {
    judge(observation, store, context, generation)
    var look = Look()
    var known: [VolumeConclusion.Volume] = []
    let parts = try parts(of: store)
    for (index, part) in parts.enumerated() {
      // The first part is always finished, so that each run gets somewhere.
      if index > 0, isOutOfTime {
        look.nextVolume = part.key
        break
      }
      let isFirst = index == 0
      var (visitor, summary, unseen) = try scan(store, part, context) {
        self.options.isCancelled() || (!isFirst && self.isOutOfTime)
      }
      look.scanned += visitor.scanned
      for error in visitor.errors {
        fail(error)
        unseen.insert(CachePath(error.path, below: store.path))
      }
      if summary.isCancelled {
        if options.isCancelled() { look.isInterrupted = true } else { look.nextVolume = part.key }
        break
      }
      known += VolumeConclusion.known(summary.volumes, visitor.volumes, unseen)
      let conclusion = VolumeConclusion(collector: collector, context: context, root: store.path)
      conclusion.report(visitor.graveyard, observation.graveyard)
      conclusion.report(visitor.legacy)
    }
    VolumeConclusion(collector: collector, context: context, root: store.path).report(known)
    return look
  }

  private func judge(
    _ observation: RootObservation, _ store: borrowing Store, _ context: CheckContext, _ generation: FormatGeneration
  ) {
    let root = Finding.Subject(path: .root, store.rootStatus)
    let hasLegacyTree = generation == .legacy || generation == .mixed
    for (path, status, judgement) in observation.judge(hasLegacyTree: hasLegacyTree, context) {
      let relative = path.reduce(CachePath.root) { $0.appending($1) }
      collector.report(
        judgement.id, relative.isRoot ? root : Finding.Subject(path: relative, status),
        path: relative.bytes(below: store.path), message: judgement.message, diskBytes: 0,
        relative.isRoot ? .none : RepairPolicy(policy: options.policy, context: context).decide(judgement.id),
        severity: judgement.severity)
    }
  }

  /// A part of a check: everything, one volume, or all that is outside volumes.
  private struct Part {
    var key: [UInt8]?
    var volumes: (@Sendable ([UInt8]) -> Bool)?
    var coversAll = false
  }

  /// A part of a cache that is empty was not checked: nothing says that it is clean.
  private func failUnmatched(_ store: borrowing Store) {
    guard options.volumes != nil || options.firstVolume != nil else { return }
    fail(
      StoreError(
        path: store.path.appending(component: Store.cacheName.bytes), operation: "find what to check",
        error: .noSuchFileOrDirectory, note: "no volume matches"))
  }

  private func parts(of store: borrowing Store) throws(StoreError) -> [Part] {
    guard options.timeLimit != nil || options.firstVolume != nil else {
      if let wanted = options.volumes, try !store.hasVolume(where: wanted) { failUnmatched(store) }
      return [Part(volumes: options.volumes, coversAll: options.volumes == nil)]
    }
    var keys: [[UInt8]] = []
    defer { if keys.isEmpty { failUnmatched(store) } }
    try store.forEachCacheEntry { name, _ in
      // The name may be no more than the prefix: that is no volume's, but has to be looked at, too.
      guard name.count > 0, name[0] == VolumeName.prefix else { return }
      let key = name.extracting(1..<name.count).array
      if let wanted = options.volumes, !wanted(key) { return }
      if let first = options.firstVolume, key.lexicographicallyPrecedes(first) { return }
      keys.append(key)
    }
    keys.sort { $0.lexicographicallyPrecedes($1) }
    let parts = keys.map { key in Part(key: key, volumes: { $0 == key }) }
    if options.volumes != nil || options.firstVolume != nil { return parts }
    return [Part(volumes: { _ in false }, coversAll: true)] + parts
  }

  private func scan(
    _ store: borrowing Store, _ part: Part, _ context: CheckContext, isCancelled: @escaping @Sendable () -> Bool
  ) throws(StoreError) -> (visitor: CheckVisitor, summary: ScanSummary, unseen: UnseenVolumes) {
    let unseen = Shared(UnseenVolumes())
    let root = store.path
    var scan = ScanOptions(threads: options.threads, attributes: true, onlyVolumes: !part.coversAll) { error in
      unseen.value.withLock { $0.insert(CachePath(error.path, below: root)) }
      // A mount point is a finding, not a failure.
      if error.error != .improperLink { self.fail(error) }
    }
    scan.volumes = part.volumes
    scan.isCancelled = isCancelled
    scan.isLive = context.isLive
    let prototype = CheckVisitor(context, collector, store, coversAll: part.coversAll)
    let (visitor, summary) = try Scanner(store, scan, progress: progress).run { prototype }
    return (visitor, summary, unseen.value.withLock { $0 })
  }

  /// A value that the threads of a scan add to.
  private final class Shared<Value: Sendable>: Sendable {
    let value: Guarded<Value>
    init(_ value: Value) { self.value = Guarded(value) }
  }

  // MARK: Acting

  /// Checks and repairs a cache in use.
  private func repairLive(_ store: borrowing Store, _ report: inout CheckReport) throws(Refusal) {
    let hold = SharedLiveHold(try store.holdLive(options.liveness))
    options.onLive()
    attempt { () throws(StoreError) in _ = try check(store, &report) }
    let findings = collector.takeWaiting().findings
    guard !report.isInterrupted else {
      findings.forEach(collector.record)
      return
    }
    let repairer = LiveRepairer(
      LiveRepairer.Options(isCancelled: options.isCancelled, onFailure: { self.fail($0) }), hold)
    try repairer.repair(findings) { self.collector.record($0) }
    report.isInterrupted = options.isCancelled()
  }

  private static let spareRounds = 16

  private func repair(
    _ cache: borrowing ExclusiveCache, _ context: CheckContext, _ look: Look, _ report: inout CheckReport
  ) throws(StoreError) {
    guard let journal = options.journal else { return }
    var repairer = Repairer(
      Repairer.Options(
        journal: journal, deletes: options.deletes, includesDirty: options.policy.consent == .allAndDirty,
        now: options.now, isCancelled: options.isCancelled,
        onFailure: { self.fail($0) }))
    defer {
      repairer.finish()
      report.journal = repairer.journalPath?.bytes
    }
    var look = look
    // As many rounds as what was found first needs, and some for what repairs leave behind.
    var rounds: Int?
    while true {
      let waiting = collector.takeWaiting()
      let left = rounds ?? collector.countBeyond / collector.repairLimit + Self.spareRounds
      rounds = left - 1
      guard left > 0 else {
        waiting.findings.forEach(collector.record)
        report.refusal = .unmet("what was repaired is found again and again: something undoes it")
        return
      }
      // A look that ran out of time is not made again: the next run begins where something was left.
      if !look.isComplete, let key = waiting.firstBeyond, let next = report.nextVolume,
        key.lexicographicallyPrecedes(next)
      {
        report.nextVolume = key
      }
      if report.isInterrupted {
        waiting.findings.forEach(collector.record)
        return
      }
      switch repairer.repair(waiting.findings, in: cache, record: collector.record) {
      case .complete: break
      case .interrupted:
        report.isInterrupted = true
        return
      case .refused(let reason):
        report.refusal = reason
        return
      }
      if waiting.findings.isEmpty { return }
      try lookAgain(cache.store, context, &look, &report, isAllKept: waiting.isComplete)
    }
  }

  /// Looks at what a round of repairs left: they can leave something of the root behind, and more may have been found than could be kept.
  ///
  /// - Parameter isAllKept: whether all that was found before could be kept.
  private func lookAgain(
    _ store: borrowing Store, _ context: CheckContext, _ look: inout Look, _ report: inout CheckReport, isAllKept: Bool
  ) throws(StoreError) {
    let observation = try RootObservation.observe(store, liveness: report.liveness)
    observation.failures.forEach(fail)
    let generation = observation.cache?.kind == .directory ? try store.generation() : .empty
    guard !isAllKept, look.isComplete else { return judge(observation, store, context, generation) }
    look = try self.look(store, context, observation, generation)
    if look.isComplete { collector.forgetBeyond() }
    report.isInterrupted = look.isInterrupted
    report.nextVolume = look.nextVolume
  }
}
