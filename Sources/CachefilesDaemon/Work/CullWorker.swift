// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import CachefilesUpkeep
import LinuxIO
import Synchronization
import SystemPackage

/// The thread that removes objects: for room as the kernel asks for it, for the limits of the settings, and looks ahead in between.
final class CullWorker: Sendable {
  /// Something to do. What comes first is done first.
  struct Orders: Sendable {
    /// Other settings, which hold from now on.
    var settings: DaemonSettings?
    /// Room is wanted.
    var room: CullGoal?
    /// The limits of the settings are to be looked at.
    var limits = false
    /// What would go next is to be found.
    var prepares = false
    /// The kernel is to be asked whether it still has the cache.
    var verifies = false
    /// The daemon ends.
    var isEnding = false
  }

  /// What came of something.
  enum Result: Sendable {
    case room(StandingCull.Outcome)
    /// Whether all of the daemon's own limits have been looked at; those that have not are looked at again.
    case limits(isDone: Bool)
    /// Nothing may be removed: the pins cannot be read, which the board tells.
    case refused
    /// The kernel has withdrawn the cache, or nothing can be asked of it.
    case lost(Refusal)
  }

  /// Set when there is a result.
  let done: Event
  private let wake: Event
  private let orders = Guarded(Orders())
  private let results = Guarded<[Result]>([])
  private let isBusyFlag = Atomic<Bool>(false)
  /// Whether scans are to spare the processor no longer.
  private let isHurried = Atomic<Bool>(false)
  /// The part of the time that a cull may take now, as the bits of a `Double`.
  private let urgency = Atomic<UInt64>(Double(1).bitPattern)
  private let right: SharedLiveHold
  private let log: DaemonLog
  private let board: StatusBoard
  private let capacity: Int

  init(_ right: SharedLiveHold, capacity: Int, _ log: DaemonLog, _ board: StatusBoard) throws(Errno) {
    self.right = right
    self.capacity = capacity
    self.log = log
    self.board = board
    done = try Event()
    wake = try Event()
  }

  /// Whether something is being done, or waits to be.
  var isBusy: Bool { isBusyFlag.load(ordering: .relaxed) }

  /// Whether the processor matters no more.
  func hurry(_ hurries: Bool) { isHurried.store(hurries, ordering: .relaxed) }

  /// The part of the time that a cull may take from now on.
  func urge(_ share: Double) { urgency.store(share.bitPattern, ordering: .relaxed) }

  private var workingShare: @Sendable () -> Double {
    { Double(bitPattern: self.urgency.load(ordering: .relaxed)) }
  }

  /// Gives orders; what is being done and matters less is broken off.
  func order(_ change: (inout Orders) -> Void) {
    orders.withLock { change(&$0) }
    isBusyFlag.store(true, ordering: .relaxed)
    wake.set()
  }

  /// Takes the results that there are.
  func takeResults() -> [Result] {
    results.withLock { list in
      defer { list = [] }
      return list
    }
  }

  private func report(_ result: Result) {
    results.withLock { $0.append(result) }
    done.set()
  }

  // MARK: The thread

  /// Does what it is told until the end.
  func run() {
    let standing = StandingCull(right, StandingCull.Options())
    var settings = DaemonSettings()
    var isFirst = true
    while true {
      let next = orders.withLock { orders in
        defer { orders = Orders(isEnding: orders.isEnding) }
        return orders
      }
      if next.isEnding { return }
      if next.verifies, !isStillBound { continue }
      // What was learnt stays: of all settings only the pins say what may go.
      if let changed = next.settings { settings = changed }
      if next.room == nil, !next.limits, !next.prepares {
        isBusyFlag.store(false, ordering: .relaxed)
        done.set()
        _ = wake.wait()
        continue
      }
      isBusyFlag.store(true, ordering: .relaxed)
      guard let selection = selection(settings) else { continue }
      let read = settings.pins
      let pinned = selection.pinned
      let pins = PinWatch {
        do throws(SettingsFailure) { return try read(self.right.live.store) === pinned } catch { return false }
      }
      if isFirst || !standing.isAbout(selection.pinned) {
        standing.change(to: options(selection, pins))
      } else {
        standing.watch { self.isOver(pins) }
      }
      isFirst = false
      work(on: next, settings, selection, pins, standing)
    }
  }

  /// Does the first of what is wanted, and leaves the others for the next turn.
  private func work(
    on next: Orders, _ settings: DaemonSettings, _ selection: CullSelection, _ pins: PinWatch, _ standing: StandingCull
  ) {
    if let goal = next.room {
      makeRoom(goal, standing, pins)
      if next.limits { orders.withLock { $0.limits = true } }
    } else if next.limits {
      let isDone = keepLimits(settings, selection, pins)
      if !isDone { orders.withLock { $0.limits = true } }
      report(.limits(isDone: isDone))
      if next.prepares { orders.withLock { $0.prepares = true } }
    } else if next.prepares {
      standing.prepare { self.isWanted }
      board.update { status in
        status.activity = .idle
        status.remembered = standing.remembered
      }
    }
  }

  /// Whether the kernel still has the cache.
  private var isStillBound: Bool {
    do throws(Refusal) {
      try right.live.requireSameCache()
      return true
    } catch {
      // That it could not be asked says nothing.
      guard error.isLoss else { return true }
      report(.lost(error))
      return false
    }
  }

  /// Whether something else is wanted more than work of no hurry.
  private var isWanted: Bool { orders.withLock { $0.room != nil || $0.isEnding } }
  private var isEnding: Bool { orders.withLock { $0.isEnding } }
  /// Whether other settings wait to be taken over: what was begun with these goes no further.
  private var hasOtherSettings: Bool { orders.withLock { $0.settings != nil } }

  /// Whether what was begun may not go on.
  private func isOver(_ pins: PinWatch) -> Bool { isEnding || hasOtherSettings || pins.isOutdated }

  /// What may go: nothing where the pins cannot be read.
  private func selection(_ settings: DaemonSettings) -> CullSelection? {
    var selection = CullSelection()
    // What nobody but a person or another program can have put there is theirs.
    selection.takesKernelNamesOnly = true
    do throws(SettingsFailure) {
      selection.pinned = try settings.pins(right.live.store)
      if board.current.pinsFailure != nil { log.notice("the pins can be read again") }
      board.update { $0.pinsFailure = nil }
      return selection
    } catch {
      if board.current.pinsFailure != error.description { log.error("nothing is removed: \(error)") }
      board.update { $0.pinsFailure = error.description }
      report(.refused)
      return nil
    }
  }

  private var share: ProcessorShare {
    ProcessorShare(0.1, ofTime: workingShare) { self.isHurried.load(ordering: .relaxed) || self.isEnding }
  }

  private func options(_ selection: CullSelection, _ pins: PinWatch) -> StandingCull.Options {
    var options = StandingCull.Options()
    options.selection = selection
    options.capacity = capacity
    options.share = share
    options.workingShare = workingShare
    options.onFailure = { self.note($0) }
    options.onScan = { begins in
      self.board.update { status in
        status.activity = begins ? .scanning : .culling
        if begins { status.scans += 1 }
      }
    }
    options.onProgress = { self.count($0) }
    options.isCancelled = { self.isOver(pins) }
    return options
  }

  private func note(_ failure: StoreError) {
    log.failure(failure)
    board.update { $0.failures += 1 }
  }

  private func makeRoom(_ goal: CullGoal, _ standing: StandingCull, _ pins: PinWatch) {
    board.update { $0.activity = .culling }
    var outcome = standing.run(goal)
    outcome.isOutdated = !outcome.isReached && (pins.isOutdated || hasOtherSettings)
    board.update { status in
      status.activity = .idle
      status.remembered = standing.remembered
    }
    if let refusal = outcome.refusal, refusal.isLoss { report(.lost(refusal)) } else { report(.room(outcome)) }
  }

  private func count(_ sum: CullSum) {
    board.update { status in
      status.culledObjects += sum.objects
      status.culledBytes &+= sum.bytes
    }
  }

  // MARK: Limits

  /// False when something else came before its end, or other settings or pins hold now.
  private func keepLimits(_ settings: DaemonSettings, _ selection: CullSelection, _ pins: PinWatch) -> Bool {
    board.update { $0.activity = .limits }
    defer { board.update { $0.activity = .idle } }
    for limit in settings.limits where !isWanted && !isOver(pins) && !fits(limit) && mayJudge(limit, settings) {
      let store: Store
      do throws(Errno) { store = try right.live.store.duplicate() } catch {
        log.error("\(limit.name): \(error)")
        continue
      }
      let report = Cull(store, options(limit, settings, selection, pins)).run()
      if let refusal = report.refusal, refusal.isLoss {
        self.report(.lost(refusal))
        return true
      }
      tell(limit, report)
      if report.isInterrupted { return false }
    }
    return !isWanted && !isOver(pins)
  }

  private func options(
    _ limit: DaemonSettings.Limit, _ settings: DaemonSettings, _ selection: CullSelection, _ pins: PinWatch
  ) -> CullOptions {
    var options = CullOptions()
    options.goal.maximumBytes = limit.maximumBytes
    options.goal.usedSince = limit.maximumAge.map { Timestamp.now - $0 }
    if let margin = settings.margin { options.goal.margin = margin }
    options.selection = selection
    options.selection.volumes = limit.volumes
    options.isBestEffort = true
    options.isLive = true
    options.right = right
    options.share = share
    options.workingShare = workingShare
    options.goesPastFailures = true
    options.threads = 1
    options.onFailure = { self.note($0) }
    options.onProgress = { self.count($0) }
    options.isCancelled = { self.isWanted || self.isOver(pins) }
    return options
  }

  private func tell(_ limit: DaemonSettings.Limit, _ report: Cull.Report) {
    if report.done.objects > 0 { log.info("\(limit.name): \(Self.words(report.done)) removed") }
    if report.isInterrupted { return }
    let failed = report.errors > 0 ? ", or cannot be read or removed" : ""
    let reason =
      report.isGoalMet ? nil : report.refusal?.description ?? "what is left is in use, dirty or pinned" + failed
    let isNew = board.current.limitsNotKept[limit.name] != reason
    board.update { $0.limitsNotKept[limit.name] = reason }
    guard isNew, let reason else { return }
    if report.refusal == nil {
      log.notice("\(limit.name): not kept: \(reason)")
    } else {
      log.error("\(limit.name): not kept: \(reason)")
    }
  }

  /// Whether a limit of size holds in any case: the whole file system has no more in it.
  private func fits(_ limit: DaemonSettings.Limit) -> Bool {
    guard let most = limit.maximumBytes, let status = try? right.live.store.root.fileSystem(),
      (status.blocks &- status.freeBlocks) &* status.blockSize <= most
    else { return false }
    if board.current.limitsNotKept[limit.name] != nil { board.update { $0.limitsNotKept[limit.name] = nil } }
    return true
  }

  /// Whether a limit can be kept to now. Ages are measured with the machine's clock, and by one that runs ahead, as it may until it
  /// has been set after a start, everything is old; and where access times do not move, what is read all the time is as old as the rest.
  private func mayJudge(_ limit: DaemonSettings.Limit, _ settings: DaemonSettings) -> Bool {
    guard limit.maximumAge != nil else { return true }
    let reason = hindrance(settings).map { "\(limit.name) waits\($0)" }
    let isNew = board.current.waiting != reason
    board.update { $0.waiting = reason }
    if isNew { log.notice(reason ?? "\(limit.name): what it waited for has come") }
    return reason == nil
  }

  private func hindrance(_ settings: DaemonSettings) -> String? {
    if !settings.clock() { return " until the clock is synchronized" }
    guard let status = try? right.live.store.root.fileSystem() else { return ": the file system cannot be asked" }
    return status.hasNoAccessTimes ? ": the cache is mounted with noatime, and nothing tells what is in use" : nil
  }

  /// `1234 objects, 1.2 GiB`.
  static func words(_ sum: CullSum) -> String {
    "\(sum.objects) object\(sum.objects == 1 ? "" : "s"), \(ByteQuantity.words(sum.bytes))"
  }
}
