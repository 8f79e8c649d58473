// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import Synchronization
import SystemPackage

/// What the threads of a cull share: the cache and the right to remove things from it, what was done, and whether to go on.
final class CullSession: Sendable {
  let options: CullOptions
  /// How many may go.
  let budget = CullBudget()
  private let store: Store
  private let pace: CullPace
  private let share: WorkingShare?
  private let tally = Guarded(CullTally())
  private let failures: Guarded<CullFailures>
  private let round = Guarded(CullRound())
  private let stopped = Guarded<Refusal?>(nil)
  private let isStopped = Atomic<Bool>(false)
  private let isReached = Atomic<Bool>(false)
  /// The right to remove things; nil before and after, and in most dry runs.
  private let right = Guarded<(any RemovalRight)?>(nil)
  private let watch = Stopwatch()

  init(_ store: consuming Store, _ options: CullOptions) {
    self.store = store
    self.options = options
    pace = CullPace(rate: options.rate)
    failures = Guarded(CullFailures(goesOn: options.goesPastFailures))
    share = options.workingShare.map { WorkingShare($0) }
  }

  /// Takes the cache for changes, with the kernel's leave where it is in use and that is wanted. A dry run only asks the kernel
  /// what is in use.
  func hold() throws(Refusal) {
    if let given = options.right {
      try given.requireStillHeld()
      return right.withLock { $0 = given }
    }
    if options.isDryRun, !options.isLive || store.probeLiveness(options.liveness) == .offline { return }
    let held = try store.removalRight(live: options.isLive, options.liveness)
    right.withLock { $0 = held }
  }

  /// Lets it go.
  func release() { right.withLock { $0 = nil } }

  /// The right to remove things, while there is one.
  var currentRight: (any RemovalRight)? { right.withLock { $0 } }
  /// Whether the cache is in use, and things go with the kernel's leave.
  var isLive: Bool { currentRight?.isLive ?? false }

  /// Runs code with the store.
  func withStore<R>(_ body: (borrowing Store) throws(StoreError) -> R) throws(StoreError) -> R { try body(store) }

  /// Why the work was stopped; nil while it goes on.
  var refusal: Refusal? { stopped.withLock { $0 } }
  /// What has been done.
  var current: CullTally { tally.withLock { $0 } }
  /// Whether the time is over.
  var isOutOfTime: Bool { options.timeLimit.map { watch.elapsed > $0 } ?? false }
  /// Whether the threads are to end.
  var isCancelled: Bool { options.isCancelled() || isOutOfTime || isStopped.load(ordering: .relaxed) }

  /// Ends the work.
  func stop(_ reason: Refusal) {
    stopped.withLock { $0 = $0 ?? reason }
    isStopped.store(true, ordering: .relaxed)
  }

  /// Asked before each victim: whether it may go now. Waits for its turn where a pace is set.
  func mayGoOn() -> Bool {
    if isCancelled || isReached.load(ordering: .relaxed) { return false }
    if options.isDryRun { return true }
    if options.pins?.isOutdated == true { stop(.otherPins) }
    pace.wait { isCancelled }
    share?.rest { isCancelled }
    return !isCancelled
  }

  /// Whether the right to remove things still holds.
  ///
  /// - Parameter atOnce: whether that is asked whatever the last answer was: a new stage of the work begins.
  func isStillHeld(atOnce: Bool) -> Bool {
    do throws(Refusal) {
      if atOnce { try currentRight?.requireStillHeld() } else { try currentRight?.checkStillHeld() }
      return true
    } catch {
      stop(error)
      return false
    }
  }

  /// Takes over what a thread counted. Of a cache in use the file system is asked whether more is needed: the kernel's own culling
  /// goes on, and others write.
  func add(_ counted: CullTally) {
    tally.withLock { $0 += counted }
    if counted.done.objects > 0 { options.onProgress(counted.done) }
    guard counted.done.objects > 0, isLive, !options.isDryRun, options.goal.isAboutSpaceAlone else { return }
    do throws(Errno) {
      if options.goal.missing(try store.root.fileSystem()) == (0, 0) { isReached.store(true, ordering: .relaxed) }
    } catch {
      // The number is asked for again when all is done, and told then.
    }
  }

  /// Takes note of an entry that could not be read.
  func fail(_ error: StoreError) {
    tally.withLock { tally in
      tally.errors += 1
      options.onFailure(error)
    }
  }
}

// MARK: Rounds

extension CullSession {
  /// Begins the count that a round is planned from.
  func startCounting() { round.withLock { $0.failures = nil } }

  /// Takes note of how much a scan could not read. The first one of a round is the count.
  func noteScan(failures: Int) { round.withLock { $0.note(failures) } }

  /// How much could not be read when everything was counted.
  var unreadInCount: Int { round.withLock { $0.failures ?? 0 } }

  /// Begins a round of at most so many victims.
  func startRound(of count: Int) {
    budget.start(count)
    // What scans took has its own measure.
    share?.begin()
    isReached.store(false, ordering: .relaxed)
    if !options.isDryRun, options.pins?.look() == true { stop(.otherPins) }
    let now = current
    round.withLock { $0.before = now }
  }

  /// Ends a round, and says whether what comes later in the order may go now.
  func endRound() -> CullRound.End {
    tellFailures()
    let now = current
    let (end, before) = round.withLock { round in (round.end(now, isShort: budget.isShort), round.before) }
    // The objects that stayed will be met again.
    if end == .leftObjects {
      tally.withLock {
        $0.dirty = before.dirty
        $0.inUse = before.inUse
      }
    }
    return end
  }
}

// MARK: Removals

extension CullSession {
  /// Takes note of what came of a victim, or would; false when it stays.
  func note(_ answer: VictimAnswer, of victim: Victim, _ rootPath: [UInt8], in counted: inout CullTally) -> Bool {
    switch answer {
    case .dirty: counted.dirty += 1
    case .inUse: counted.inUse += 1
    case .changed: counted.skipped += 1
    case .failed(let error):
      noteFailure(
        StoreError(
          path: rootPath.appending(path: victim.path), operation: "remove", error: error,
          note: CullFailures.words(for: error)))
    case .removed:
      noteRemoval()
      counted.add(victim, usedSince: options.goal.usedSince)
      options.onVictim?(
        ObjectListing.Item(
          path: victim.path, accessTime: victim.accessTime, diskBytes: victim.diskBytes, fileBytes: victim.seen.size))
      return true
    }
    return false
  }

  /// Takes note of an object that went.
  func noteRemoval() {
    let told = failures.withLock { $0.noteRemoval() }
    if !told.isEmpty { tell(told) }
  }

  /// Takes note of an object that could not be removed; an error that will be everybody's ends the work.
  func noteFailure(_ error: StoreError) {
    switch failures.withLock({ $0.note(error) }) {
    case .tell(let errors): tell(errors)
    case .stop(let error):
      tally.withLock { $0.errors += 1 }
      stop(.stopped(.unmet("nothing can be removed: \(error)")))
    }
  }

  /// Tells the failures that were held back until it was known whether others go.
  func tellFailures() { tell(failures.withLock { $0.release() }) }

  /// Takes note of an object that a real cull could not remove.
  func notePretendedFailure(_ error: StoreError) {
    if failures.withLock({ $0.notePretended() }) { return fail(error) }
    tally.withLock { $0.errors += 1 }
  }

  private func tell(_ errors: [StoreError]) {
    for error in errors { fail(error) }
  }
}
