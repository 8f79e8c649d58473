// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import CachefilesUpkeep
import LinuxIO
import SystemPackage

/// The daemon at work: one thread that waits for news of the device, the graveyard, the workers, signals and the clock, and never
/// does anything itself that may take long.
final class CacheKeeper {
  /// What it is made of.
  struct Parts {
    let device: any CacheDevice
    let live: SharedLiveHold
    let signals: SignalQueue
    let manager: ServiceManager
    let log: DaemonLog
    let board: StatusBoard
    let files: StatusFiles
    /// Reads the settings again.
    let load: @Sendable () throws(SettingsFailure) -> DaemonSettings
    /// Objects that are remembered between two scans.
    var capacity: Int
    /// How often everything is looked at, whatever happens.
    var interval = Duration.seconds(60)
    /// A look at the limits of the settings is not late before that: of a very short interval none comes to its end.
    var shortestInterval = Duration.seconds(60)
  }

  /// How it ended.
  enum End: Equatable {
    /// A signal asked for it.
    case asked
    /// The kernel has given the cache up.
    case lost(Refusal)
  }

  typealias Moment = ContinuousClock.Instant

  private let parts: Parts
  private let worker: CullWorker
  private let reaper: GraveyardWorker
  private let writer: StatusWriter
  private let watch: ArrivalWatch?
  private var schedule: CullSchedule
  private var settings: DaemonSettings
  private var end: End?
  private var nextTick = Moment.now
  private var nextSign = Moment.now
  private var nextLimits: Moment
  /// The device is not looked at before: busy caches have news all the time.
  private var restUntil = Moment.now
  private var runsForRoom = false
  private var told: String?
  /// Why the device could not be read the last time.
  private var unreadable: Errno?
  private var nextFiles = Moment.now
  /// When it may look again for what would go first, before anybody asks for room.
  private var nextLearning = Moment.now

  private static let learningPause = Duration.seconds(900)

  init(_ parts: Parts, _ schedule: CullSchedule, _ settings: DaemonSettings) throws(Errno) {
    self.parts = parts
    self.schedule = schedule
    self.settings = settings
    nextLimits = .now + .seconds(60)
    worker = try CullWorker(parts.live, capacity: parts.capacity, parts.log, parts.board)
    reaper = try GraveyardWorker(parts.live, parts.log, parts.board)
    writer = try StatusWriter(parts.files, parts.board, parts.log)
    var found: ArrivalWatch?
    do throws(Errno) {
      found = try ArrivalWatch(try parts.live.live.store.root.open(Store.graveyardName, .directory))
    } catch {
      parts.log.warning("the graveyard cannot be watched: \(error): it is looked at once a minute")
    }
    watch = found
  }

  /// Works until the end.
  func run() throws(Errno) -> End {
    let (worker, reaper, writer) = (worker, reaper, writer)
    let threads = [
      try BackgroundThread { worker.run() }, try BackgroundThread { reaper.run() },
      try BackgroundThread { writer.run() },
    ]
    adopt(settings)
    // What came before anybody waited for it.
    takeSignals()
    if end == nil { parts.manager.ready(words) }
    while end == nil {
      let now = Moment.now
      if now >= nextTick { tick(now) }
      sign(now)
      startWork(now)
      writeFiles(now)
      try wait()
    }
    worker.order { $0.isEnding = true }
    reaper.end()
    writer.end()
    // A thread that hangs in a call on a dead disk is left behind.
    let last = Moment.now + .seconds(10)
    let isOver = threads.map { thread in
      thread.waitForEnd(milliseconds: max(0, Int(clamping: (last - .now).clampedNanoseconds / 1_000_000)))
    }
    if isOver.contains(false) {
      parts.log.warning("a call on the disk has not come back for ten seconds; not waiting for it")
    }
    return end ?? .asked
  }

  // MARK: Waiting

  private func wait() throws(Errno) {
    var set = PollSet()
    let signals = set.add(parts.signals.descriptor)
    let done = set.add(worker.done.descriptor)
    let arrivals = watch.map { set.add($0.descriptor) }
    let now = Moment.now
    let news = now >= restUntil ? parts.device.join(&set) : nil
    try set.wait(milliseconds: pause(from: now))
    if set.isReady(signals) { takeSignals() }
    if set.isReady(done) {
      worker.done.clear()
      takeResults()
    }
    if let arrivals, set.isReady(arrivals) {
      watch?.clear()
      reaper.notice()
    }
    if let news, set.isReady(news) { readState() }
  }

  /// How long nothing has to be done that the clock asks for.
  private func pause(from now: Moment) -> Int {
    var next = min(nextTick, nextLimits)
    if parts.manager.watchdogInterval != nil { next = min(next, nextSign) }
    if restUntil > now { next = min(next, restUntil) }
    if parts.board.hasNews { next = min(next, nextFiles) }
    if let retry = schedule.nextMoment, !runsForRoom { next = min(next, retry) }
    // While it culls: how much the room matters, and the status file.
    if worker.isBusy { next = min(next, now + (runsForRoom ? .milliseconds(250) : .seconds(1))) }
    return max(1, Int(clamping: (next - now).clampedNanoseconds / 1_000_000 + 1))
  }

  // MARK: News

  private func readState() {
    restUntil = .now + .milliseconds(250)
    do throws(Errno) {
      guard let state = try parts.device.state() else {
        end = .lost(.withdrawn)
        return
      }
      note(state)
      unreadable = nil
    } catch {
      if unreadable != error { parts.log.error("cannot read how the cache does: \(error)") }
      unreadable = error
      if error == .ioError { end = .lost(.withdrawn) }
    }
  }

  private func note(_ state: CacheStateLine) {
    let wasCulling = schedule.state?.isCulling ?? false
    let fileSystem = try? parts.live.live.store.root.fileSystem()
    if fileSystem != nil { measure(fileSystem) }
    schedule.note(state, fileSystem)
    urge()
    if state.isCulling != wasCulling { parts.log.debug("the kernel \(state.isCulling ? "asks for" : "ends") a cull") }
    let (schedule, unit) = (schedule, fileSystem?.blockSize ?? 0)
    parts.board.update { status in
      status.isKernelCulling = state.isCulling
      status.runBytes = state.limits.brun &* unit
      status.cullBytes = state.limits.bcull &* unit
      status.stopBytes = state.limits.bstop &* unit
      (status.runFiles, status.cullFiles, status.stopFiles) = (
        state.limits.frun, state.limits.fcull, state.limits.fstop
      )
      if let fileSystem {
        status.availableBytes = fileSystem.availableBytes
        status.freeFiles = fileSystem.freeFiles
      }
      if !schedule.wantsRoom { status.obstacle = nil }
    }
    tell()
  }

  /// Tells the worker how much the room matters now.
  private func urge() {
    let share = schedule.share(
      least: settings.cullShare, at: .now, interval: max(settings.interval, parts.shortestInterval))
    worker.hurry(schedule.isPastStop)
    worker.urge(share)
    if parts.board.current.share != share { parts.board.update { $0.share = share } }
  }

  private func takeSignals() {
    while let signal = parts.signals.next() {
      switch signal {
      case .end:
        parts.manager.stopping("ending")
        end = end ?? .asked
      case .reload: reload()
      case .report:
        readState()
        writeFiles(.now, atOnce: true)
      }
    }
  }

  private func reload() {
    parts.manager.reloading()
    do throws(SettingsFailure) {
      adopt(try parts.load())
      parts.log.notice("the settings have been read again")
    } catch {
      parts.log.error("the settings stay as they were: \(error)")
      parts.board.update { $0.settingsFailure = error.description }
    }
    parts.manager.ready(words)
  }

  private func adopt(_ new: DaemonSettings) {
    settings = new
    parts.log.level = new.level
    let fileSystem = try? parts.live.live.store.root.fileSystem()
    measure(fileSystem)
    for limit in new.limits where fileSystem?.hasRelativeAccessTimes == true {
      guard let age = limit.maximumAge, age < .seconds(2 * 86_400) else { continue }
      parts.log.warning(
        "\(limit.name) is less than 2 days, and the cache is mounted with relatime, by which access times move once a day: what is read "
          + "all the time may go")
    }
    // What has not begun yet has the goal of the old ones.
    var isDropped = false
    worker.order { orders in
      orders.settings = new
      isDropped = orders.room != nil
      orders.room = nil
    }
    if isDropped { runsForRoom = false }
    // What was in the way of a cull may be mended.
    schedule.startOver()
    nextLimits = min(nextLimits, .now + .seconds(1))
    parts.files.metrics = new.metrics
    parts.board.update { status in
      status.settingsFailure = nil
      status.settingsRead = Timestamp.now
      status.isCullingOff = schedule.isOff
      if !new.limits.contains(where: { $0.maximumAge != nil }) { status.waiting = nil }
      let names = Set(new.limits.map(\.name))
      status.limitsNotKept = status.limitsNotKept.filter { names.contains($0.key) }
    }
    nextTick = .now
  }

  /// How much is to be available, which may be a share of the file system as it is now; nothing where that cannot be asked.
  private func measure(_ fileSystem: FileSystemStatus?) {
    schedule.minimumFree = fileSystem.flatMap { settings.minimumFree?($0) } ?? 0
    schedule.margin = fileSystem.flatMap { settings.margin?.bytes(of: $0.blocks &* $0.blockSize) } ?? 0
  }

  // MARK: Work

  private func tick(_ now: Moment) {
    nextTick = now + parts.interval
    readState()
    // Who reads the files knows from their time that it lives.
    parts.board.renew()
    // The graveyard is also looked at when nobody told of an arrival.
    reaper.notice()
    // Not from this thread: the kernel takes one command at a time, and one may hang on a dead disk.
    worker.order { $0.verifies = true }
  }

  private func sign(_ now: Moment) {
    guard let interval = parts.manager.watchdogInterval, now >= nextSign else { return }
    parts.manager.alive()
    nextSign = now + interval
  }

  private func startWork(_ now: Moment) {
    if !runsForRoom, schedule.isDue(at: now) {
      runsForRoom = true
      let goal = schedule.goal
      worker.order { $0.room = goal }
    }
    if worker.isBusy, let status = try? parts.live.live.store.root.fileSystem(), let state = schedule.state {
      var now = state
      (now.releasedFiles, now.releasedBlocks) = (0, 0)
      schedule.note(now, status)
      urge()
    }
    // Before the kernel asks, so that the first cull does not begin with a scan. Where nothing can go it would find nothing again.
    if now >= nextLearning, !schedule.isOff, !schedule.wantsRoom, schedule.isNearCulling {
      nextLearning = now + Self.learningPause
      worker.order { $0.prepares = true }
    }
    guard now >= nextLimits else { return }
    nextLimits = now + settings.interval
    guard !settings.limits.isEmpty, !schedule.isOff else { return schedule.noteLimitsEnd() }
    schedule.noteLimitsBegin(at: now)
    worker.order { $0.limits = true }
  }

  private func takeResults() {
    for result in worker.takeResults() {
      switch result {
      case .room(let outcome): finish(outcome)
      case .limits(let isDone):
        if isDone { schedule.noteLimitsEnd() }
        readState()
      case .refused:
        runsForRoom = false
        schedule.noteLimitsEnd()
        schedule.noteRefusal(at: .now)
        tell()
      case .lost(let refusal): end = .lost(refusal)
      }
    }
  }

  private func finish(_ outcome: StandingCull.Outcome) {
    runsForRoom = false
    readState()
    schedule.note(outcome, at: .now)
    let milliseconds = outcome.duration.clampedNanoseconds / 1_000_000
    parts.board.update { status in
      guard outcome.done.objects > 0 || outcome.isExhausted else { return }
      status.culls += 1
      status.lastCull = DaemonStatus.LastCull(
        ended: Timestamp.now, objects: outcome.done.objects, bytes: outcome.done.bytes, inUse: outcome.inUse,
        dirty: outcome.dirty, scans: outcome.scans, milliseconds: milliseconds, isReached: outcome.isReached)
    }
    if outcome.done.objects > 0 {
      parts.log.info(
        "culled \(CullWorker.words(outcome.done)) in \(milliseconds) ms; in use \(outcome.inUse), dirty "
          + "\(outcome.dirty), scans \(outcome.scans)")
    }
    if let refusal = outcome.refusal {
      obstruct("culling ended: \(refusal)")
    } else if outcome.isExhausted, schedule.wantsRoom {
      let failed = outcome.errors > 0 ? ", or cannot be removed" : ""
      obstruct("nothing can go: what is left is in use, dirty or pinned\(failed), or other files fill the file system")
    } else if outcome.done.objects > 0 || !schedule.wantsRoom {
      parts.board.update { $0.obstacle = nil }
    }
    // What comes next is found at leisure, so that the next cull does not begin with a scan.
    if outcome.isReached, outcome.done.objects > 0 { worker.order { $0.prepares = true } }
    tell()
  }

  /// Says once why nothing goes.
  private func obstruct(_ reason: String) {
    let isNew = parts.board.current.obstacle != reason
    parts.board.update { $0.obstacle = reason }
    if isNew { parts.log.error("the kernel wants room, but \(reason)") }
    tell()
  }

  // MARK: Words

  /// What it does, in one line.
  private var words: String {
    let status = parts.board.current
    let free = "\(ByteQuantity.words(status.availableBytes)) available"
    if let obstacle = status.hindrance { return "not culling: \(obstacle); \(free)" }
    if schedule.isOff { return "keeping the graveyard only (nocull), \(free)" }
    return runsForRoom ? "culling, \(free)" : "keeping the cache, \(status.culledObjects) objects culled so far"
  }

  private func tell() {
    let line = words
    guard line != told, parts.manager.isPresent else { return }
    told = line
    parts.manager.status(line)
  }

  private func writeFiles(_ now: Moment, atOnce: Bool = false) {
    guard atOnce || now >= nextFiles, parts.board.takeNews() || atOnce else { return }
    nextFiles = now + .seconds(1)
    writer.notice()
  }
}
