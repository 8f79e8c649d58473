// SPDX-License-Identifier: Apache-2.0
package import CachefilesStore
package import CachefilesSurvey
package import LinuxIO
import Synchronization
import SystemPackage

/// Culls a cache in use again and again, whenever space is wanted, and keeps what a scan found for the next time: what a daemon
/// does. One thread works with it.
///
/// The victims are the same as those of ``Cull``: the first objects in the order of last use and path that are neither dirty nor in
/// use nor kept.
package final class StandingCull {
  /// What it is to do, and whom it tells.
  package struct Options: Sendable {
    /// What may go.
    package var selection = CullSelection()
    /// So many objects are remembered between two scans.
    package var capacity = 1 << 17
    /// So many of them are taken at a time, at most.
    var batch = 4096
    /// The part of a processor that a scan may use.
    package var share: ProcessorShare?
    /// The part of one that removing may take of the time, asked again and again; all of it without.
    package var workingShare: (@Sendable () -> Double)?
    /// Called for each entry that cannot be read or removed.
    package var onFailure: @Sendable (StoreError) -> Void = { _ in }
    /// Called with what has gone since the last call.
    package var onProgress: @Sendable (CullSum) -> Void = { _ in }
    /// Called when a scan begins, and when it has ended.
    package var onScan: @Sendable (_ begins: Bool) -> Void = { _ in }
    /// Asked between two entries; true ends the work.
    package var isCancelled: @Sendable () -> Bool = { false }

    /// The usual options.
    package init() {}
  }

  /// What came of one cull.
  package struct Outcome: Sendable, Equatable {
    /// What went.
    package var done = CullSum()
    /// Objects that stayed.
    package var dirty = 0
    package var inUse = 0
    /// Objects that had changed or gone.
    package var skipped = 0
    /// What could not be read or removed.
    package var errors = 0
    /// How often the cache was scanned.
    package var scans = 0
    /// The least and the most recent use of what went.
    package var oldest: Timestamp?
    package var newest: Timestamp?
    /// Whether the goal holds.
    package var isReached = false
    /// Whether nothing else may go.
    package var isExhausted = false
    /// Whether it ended before that because something else may go now.
    package var isOutdated = false
    /// Why nothing more can be removed at all.
    package var refusal: Refusal?
    /// How long it took.
    package var duration = Duration.zero

    /// Nothing was done.
    package init() {}
  }

  private let right: SharedLiveHold
  private var options: Options
  private(set) var reserve = CullReserve()
  private let rootPath: [UInt8]

  /// Prepares it for a cache that this process holds.
  package init(_ right: SharedLiveHold, _ options: Options) {
    self.right = right
    self.options = options
    rootPath = right.live.store.path
  }

  /// Whether what is remembered was chosen with these pins.
  package func isAbout(_ pinned: PinnedObjects?) -> Bool { options.selection.pinned === pinned }

  /// How many objects are remembered.
  package var remembered: Int { reserve.count }

  /// Does something else from now on; what was remembered is forgotten where it may not go any more.
  package func change(to options: Options) {
    self.options = options
    reserve.clear()
  }

  /// Asks something else from now on whether to end. What is remembered stays.
  package func watch(_ isCancelled: @escaping @Sendable () -> Bool) { options.isCancelled = isCancelled }

  /// Removes objects until a goal of space holds, or nothing else may go.
  package func run(_ goal: CullGoal) -> Outcome { run(goal, at: .now) }

  /// The same at a moment that tests make up.
  func run(_ goal: CullGoal, at start: ContinuousClock.Instant) -> Outcome {
    let watch = Stopwatch()
    var outcome = Outcome()
    do throws(Refusal) {
      let session = try makeSession(goal)
      reserve.takeBack(at: start)
      var isFirstScan = true
      while !session.isCancelled {
        guard let status = fileSystem(&outcome) else { break }
        let need = goal.need(status, selected: CullSum())
        if need.isNothing {
          outcome.isReached = true
          break
        }
        if reserve.count == 0 {
          guard try refill(startsOver: &isFirstScan, &outcome) else { break }
          continue
        }
        remove(need, session)
      }
      finish(session, &outcome)
    } catch {
      outcome.refusal = error
    }
    outcome.duration = watch.elapsed
    return outcome
  }

  /// Looks for what would go next, so that the next cull can begin at once. What is remembered stays until that is known.
  ///
  /// - Parameter isCancelled: ends it; then everything is as before.
  package func prepare(unless isCancelled: @escaping @Sendable () -> Bool) {
    // What was not cut is everything that there was; what came later is used later.
    guard reserve.count < options.capacity / 4, reserve.horizon != nil || reserve.count == 0 else { return }
    var outcome = Outcome()
    do throws(Refusal) {
      guard let found = try scan(after: nil, unless: isCancelled, &outcome) else { return }
      reserve.clear()
      fill(found)
    } catch {
      // The next cull meets it too, and tells.
    }
  }

  // MARK: Removing

  private func makeSession(_ goal: CullGoal) throws(Refusal) -> CullSession {
    var options = CullOptions()
    options.goal = goal
    options.right = right
    options.isLive = true
    options.goesPastFailures = true
    options.workingShare = self.options.workingShare
    options.selection = self.options.selection
    options.onFailure = self.options.onFailure
    options.onProgress = self.options.onProgress
    options.isCancelled = self.options.isCancelled
    let store: Store
    do throws(Errno) { store = try right.live.store.duplicate() } catch { throw .lockFailed(error) }
    let session = CullSession(store, options)
    try session.hold()
    return session
  }

  /// Removes the first ones, up to what is needed, and lets the file system say what that brought. It is not asked between two batches:
  /// one that counts later would have more go than is needed.
  private func remove(_ need: CullSum, _ session: CullSession) {
    var sum = CullSum()
    var isOver = false
    while !isOver, reserve.count > 0, !session.isCancelled {
      let victims = reserve.take(atMost: options.batch) { victim in
        sum += victim.sum
        isOver = sum.bytes >= need.bytes && sum.files >= need.files
        return isOver
      }
      if !remove(victims, session) { break }
    }
    settle(need, session)
  }

  /// Removes some; false when the goal was reached, or the work ended, before all of them had their turn.
  private func remove(_ victims: [Victim], _ session: CullSession) -> Bool {
    session.startRound(of: victims.count)
    let stayed = Guarded<[Victim]>([])
    let keeper = Stayed(stayed)
    let removal = OrderedRemoval(victims, session, rootPath: rootPath, onStay: { keeper.add($0) })
    removal.run()
    _ = session.endRound()
    let untried = removal.untried
    reserve.putBack(untried)
    reserve.note(keeper.take(), at: .now, atMost: options.capacity)
    return untried.isEmpty
  }

  private final class Stayed: Sendable {
    private let list: Guarded<[Victim]>
    init(_ list: consuming Guarded<[Victim]>) { self.list = list }
    func add(_ victim: Victim) { list.withLock { $0.append(victim) } }
    func take() -> [Victim] { list.withLock { $0 } }
  }

  /// btrfs counts what was removed as free when the removal is on the disk, XFS a moment later. Without a pause more would go than
  /// is needed.
  private func settle(_ need: CullSum, _ session: CullSession) {
    guard session.current.done.bytes > 0, !session.isCancelled, let before = try? right.live.store.root.fileSystem(),
      session.options.goal.missing(before) != (0, 0)
    else { return }
    try? right.live.store.root.synchronizeFileSystem()
    for _ in 0..<10 {
      guard let now = try? right.live.store.root.fileSystem(), session.options.goal.missing(now) != (0, 0),
        now.availableBlocks <= before.availableBlocks, !session.isCancelled
      else { return }
      Pause.microseconds(20_000)
    }
  }

  private func fileSystem(_ outcome: inout Outcome) -> FileSystemStatus? {
    do throws(Errno) { return try right.live.store.root.fileSystem() } catch {
      options.onFailure(StoreError(path: rootPath, operation: "find the size of the file system of", error: error))
      outcome.errors += 1
      return nil
    }
  }

  private func finish(_ session: CullSession, _ outcome: inout Outcome) {
    let tally = session.current
    outcome.done = tally.done
    outcome.dirty = tally.dirty
    outcome.inUse = tally.inUse
    outcome.skipped = tally.skipped
    outcome.errors += tally.errors
    outcome.oldest = tally.oldest
    outcome.newest = tally.newest
    outcome.refusal = session.refusal
  }

  // MARK: Scanning

  /// Scans for what comes next in the order. False when there is nothing.
  ///
  /// - Parameter startsOver: whether this cull has not looked at everything yet.
  private func refill(startsOver: inout Bool, _ outcome: inout Outcome) throws(Refusal) -> Bool {
    if reserve.horizon == nil {
      guard startsOver else {
        outcome.isExhausted = true
        return false
      }
      startsOver = false
      reserve.clear()
    }
    guard let found = try scan(after: reserve.horizon, unless: options.isCancelled, &outcome) else { return false }
    fill(found)
    if found.count == 0 { outcome.isExhausted = true }
    return found.count > 0
  }

  private func fill(_ found: KnownVictims) {
    reserve.fill(found)
    // What the scan needed beside that, and what was remembered before it.
    ProcessMemory.giveBack()
  }

  /// Looks at everything; nil when that was cancelled or failed.
  private func scan(
    after horizon: CullKey?, unless isCancelled: @escaping @Sendable () -> Bool, _ outcome: inout Outcome
  ) throws(Refusal) -> KnownVictims? {
    reserve.shrink()
    options.onScan(true)
    defer { options.onScan(false) }
    outcome.scans += 1
    let selected = VictimSelection(limit: options.capacity)
    let scope = CullScope.Bounds(after: horizon)
    let terms = CullScope.Terms(selection: options.selection, order: .lastUse)
    let failures = Failures(options.onFailure)
    var prepared = ScanOptions(threads: 1, onlyVolumes: true) { failures.note($0) }
    prepared.isLive = true
    prepared.keepsDirectories = true
    prepared.share = options.share
    prepared.isCancelled = isCancelled
    let scan = prepared
    let summary: ScanSummary
    do throws(StoreError) {
      summary = try Scanner(right.live.store, scan).run { VictimVisitor(CullScope(terms, scope), into: selected) }
        .summary
    } catch {
      options.onFailure(error)
      outcome.errors += 1
      return nil
    }
    outcome.errors += failures.count
    guard !summary.isCancelled else { return nil }
    try right.requireStillHeld()
    let known = selected.finish()
    known.letGoOfDirectories()
    return known
  }

  private final class Failures: Sendable {
    private let tell: @Sendable (StoreError) -> Void
    private let counted = Guarded(0)
    init(_ tell: @escaping @Sendable (StoreError) -> Void) { self.tell = tell }

    func note(_ error: StoreError) {
      counted.withLock { $0 += 1 }
      tell(error)
    }

    var count: Int { counted.withLock { $0 } }
  }
}
