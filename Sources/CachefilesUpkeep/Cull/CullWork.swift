import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import Synchronization
import SystemPackage

/// What the threads of a cull share: counts, the question whether the cache is still free, the pace.
final class CullWork: Sendable {
  /// What came of a cull so far.
  struct Tally: Sendable {
    var done = CullSum()
    /// Those of them that were last used before the moment that the goal names.
    var older = 0
    /// Objects that changed since they were looked at, or are dirty.
    var skipped = 0
    var dirty = 0
    var errors = 0
    var newest: Int64?
    var oldest: Int64?

    /// Counts a victim.
    mutating func add(_ victim: Victim, usedSince: Int64?) { add(victim.sum, at: victim.accessTime, usedSince) }

    /// Counts an object by what it comes to and its last use.
    mutating func add(_ sum: CullSum, at time: Int64, _ usedSince: Int64?) {
      done += sum
      if let usedSince, time < usedSince { older += 1 }
      oldest = min(oldest ?? time, time)
      newest = max(newest ?? time, time)
    }

    /// Adds what another thread counted.
    static func += (left: inout Tally, right: Tally) {
      left.done += right.done
      left.older += right.older
      left.skipped += right.skipped
      left.dirty += right.dirty
      left.errors += right.errors
      if let time = right.oldest { left.oldest = min(left.oldest ?? time, time) }
      if let time = right.newest { left.newest = max(left.newest ?? time, time) }
    }
  }

  let options: CullOptions
  private let store: Store
  private let tally = Mutex(Tally())
  private let stopped = Mutex<Refusal?>(nil)
  private let isStopped = Atomic<Bool>(false)
  /// The cache, taken for changes; nil before and after, and in a dry run.
  private let hold = Mutex<SharedHold?>(nil)
  private let nextRemoval = Mutex<ContinuousClock.Instant?>(nil)
  private let start = ContinuousClock.now
  /// How many more objects may go in this round: never more than were planned, whatever a scan comes across now.
  private let budget = Atomic<Int>(0)
  private let round = Mutex(CullRound())
  /// Whether the round came across more than was planned.
  private let isShort = Atomic<Bool>(false)

  init(_ store: consuming Store, _ options: CullOptions) {
    self.store = store
    self.options = options
  }

  /// Takes the cache for changes.
  func hold(_ sources: LivenessSources) throws(Refusal) {
    let held = SharedHold(try store.hold(sources))
    hold.withLock { $0 = held }
  }

  /// Lets it go.
  func release() { hold.withLock { $0 = nil } }

  /// Runs code with the store.
  func withStore<R>(_ body: (borrowing Store) throws(StoreError) -> R) throws(StoreError) -> R { try body(store) }

  /// Why the work was stopped; nil while it goes on.
  var refusal: Refusal? { stopped.withLock { $0 } }
  /// What has been done.
  var current: Tally { tally.withLock { $0 } }
  /// Whether the time is over.
  var isOutOfTime: Bool { options.timeLimit.map { ContinuousClock.now - start > .nanoseconds($0) } ?? false }
  /// Whether the threads are to end.
  var isCancelled: Bool { options.isCancelled() || isOutOfTime || isStopped.load(ordering: .relaxed) }

  /// Begins the count that a round is planned from.
  func startCounting() { round.withLock { $0.failures = nil } }

  /// Takes note of how much a scan could not read. The first one of a round is the count.
  func noteScan(failures: Int) { round.withLock { $0.note(failures) } }

  /// How much could not be read when everything was counted.
  var unreadInCount: Int { round.withLock { $0.failures ?? 0 } }

  /// Begins a round of at most so many victims.
  func startRound(of count: Int) {
    budget.store(count, ordering: .relaxed)
    isShort.store(false, ordering: .relaxed)
    let now = current
    round.withLock { $0.before = now }
  }

  /// Ends a round, and says whether what comes later in the order may go now.
  func endRound() -> CullRound.End {
    let now = current
    let (end, dirty) = round.withLock { round in
      (round.end(now, isShort: isShort.load(ordering: .relaxed)), round.before.dirty)
    }
    // The dirty objects that stayed will be met again.
    if end == .leftObjects { tally.withLock { $0.dirty = dirty } }
    return end
  }

  /// Takes one victim from the plan; false when all of it has been taken.
  func take() -> Bool {
    if budget.subtract(1, ordering: .relaxed).newValue >= 0 { return true }
    budget.add(1, ordering: .relaxed)
    isShort.store(true, ordering: .relaxed)
    return false
  }

  /// Gives a victim back that did not go.
  func giveBack() { budget.add(1, ordering: .relaxed) }

  /// Asked before each victim: whether it may go now. Waits for its turn where a pace is set.
  func mayGoOn() -> Bool {
    if isCancelled { return false }
    if options.isDryRun { return true }
    if let rate = options.rate {
      let turn = nextRemoval.withLock { next in
        let mine = max(next ?? .now, .now)
        next = mine.advanced(by: .nanoseconds(1_000_000_000 / Int64(max(1, rate))))
        return mine
      }
      while ContinuousClock.now < turn, !isCancelled { usleepUntil(turn) }
    }
    return !isCancelled && isFree()
  }

  /// Whether the cache is still not in use.
  ///
  /// - Parameter atOnce: whether the kernel is asked whatever it said before: a new stage of the work begins.
  func isFree(atOnce: Bool = false) -> Bool {
    do throws(Refusal) {
      let held = hold.withLock { $0 }
      if atOnce { try held?.cache.requireStillFree() } else { try held?.cache.checkStillFree() }
      return true
    } catch {
      let refusal = error
      stopped.withLock { $0 = refusal }
      isStopped.store(true, ordering: .relaxed)
      return false
    }
  }

  private func usleepUntil(_ turn: ContinuousClock.Instant) {
    let rest = (turn - .now).components
    let microseconds = rest.seconds * 1_000_000 + rest.attoseconds / 1_000_000_000_000
    Pause.microseconds(UInt32(clamping: min(max(0, microseconds), 50_000)))
  }

  /// Takes over what a thread counted.
  func add(_ counted: Tally) { tally.withLock { $0 += counted } }

  func fail(_ error: StoreError) {
    tally.withLock { tally in
      tally.errors += 1
      options.onFailure(error)
    }
  }
}
