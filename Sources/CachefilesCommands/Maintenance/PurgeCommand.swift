// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep
import LinuxIO
import SystemPackage

/// `cachefiles purge`: takes volumes or objects out of a cache.
struct PurgeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "purge",
    abstract: "Remove a volume, an object, or everything from a cache.",
    discussion: """
      Moves what is selected to the graveyard, so that the cache can be used again at once, and then removes it for \
      good. Other entries of the graveyard stay. The network file system fetches the files again when they are read.

      GLOB is matched against the volume key and against the volume's description as 'stats' prints it, which names \
      server, share and cell: '*' and '?' stand for any bytes. One without them also matches when it is a word or several of \
      the description, 'NFS 3' all volumes of NFS 3: look with -n first. --server takes an address as 'stats' prints it, for NFS \
      and SMB volumes: for a server that was rolled back, or is gone. PATH is cache/I…/@xx/name, or a file of the \
      layout before Linux 5.17, in DIR or with the cache directory before it.

      What 'cachefiles keep' pins stays. A cache in use is refused without --live, but for --legacy: no kernel that has one in use looks at the old layout. With it the kernel is asked for leave through the daemon that holds the cache: \
      a volume that no mount uses goes as a whole, one in use object by object, and what is in use or dirty stays. What will go is shown, and on a terminal there is a question; elsewhere --yes is \
      needed. Dirty objects were open for writing when the cache went down and may hold writes that the server never \
      got ('cachefiles extract' saves them): they need --include-dirty.

      \(ExitStatus.table)
      """)

  @OptionGroup var store: StoreOptions

  @Option(help: ArgumentHelp("The volumes that match.", valueName: "glob"), completion: .custom(VolumeCompletion.keys))
  var volume: ByteArgument?

  @Option(help: ArgumentHelp("The volumes of this server.", valueName: "address"))
  var server: ServerArgument?

  @Option(help: ArgumentHelp("One object: its path, or volume/name.", valueName: "path"), completion: .file())
  var object: ByteArgument?

  @Flag(help: "All trees of the layout before Linux 5.17.")
  var legacy = false

  @Flag(help: "Everything in 'cache'.")
  var all = false

  @Flag(name: [.customShort("n"), .long], help: "Only show what would be removed.")
  var dryRun = false

  @Flag(help: "Do not ask.")
  var yes = false

  @Flag(help: "Also purge a cache in use, with the kernel's leave.")
  var live = false

  @Flag(help: "Include dirty objects.")
  var includeDirty = false

  @OptionGroup var pinOptions: PinOptions
  @OptionGroup var scan: ScanArguments
  @OptionGroup var output: OutputOptions

  func validate() throws {
    let count = [volume != nil, server != nil, object != nil, legacy, all].count { $0 }
    if count == 0 { throw ValidationError("one of --volume, --server, --object, --legacy and --all is needed") }
    if count > 1 { throw ValidationError("--volume, --server, --object, --legacy and --all exclude each other") }
  }

  func run() throws {
    if !yes, !dryRun, !LineInput.isTerminal {
      StandardError.line("cachefiles: purge asks on a terminal; elsewhere it needs --yes")
      throw ExitStatus.usage
    }
    let output = Output(output)
    output.stream.endsOnFailure(false)
    let target = try PurgeTarget(self)
    let store = try target.open()
    try store.requireVolume(matching: volume, server: server)
    let pins = try HeldPins(pinOptions, of: store)
    let pinned = legacy ? nil : try pins.read()
    let watch = legacy ? nil : pins.watch(over: pinned)
    let report: PurgeReport
    do {
      report = try run(PurgeChoice(selection: target.selection, pinned: pinned, pins: watch), store, output)
    } catch let failure as Failure {
      document(failure.description, store.path, output)
      throw failure
    }
    output.render(PurgeView(report: report), command: "purge")
    output.stream.flush()
    if let refusal = report.refusal {
      StandardError.line("cachefiles: \(EscapedBytes.string(report.root)): \(refusal)")
    }
    if let obstacle = report.obstacle {
      StandardError.line("cachefiles: \(EscapedBytes.string(report.root)): the purge would be refused: \(obstacle)")
    }
    if report.isInterrupted, let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    let isLeft = report.inUse > 0 || report.keptDirty > 0
    let isStopped = report.refusal != nil || report.obstacle != nil
    if report.errors > 0 || isLeft || isStopped || output.stream.hasFailed { throw ExitStatus.failure }
  }

  private func run(
    _ choice: PurgeChoice, _ store: borrowing Store, _ output: Output
  ) throws -> PurgeReport {
    var report = PurgeReport(root: store.path)
    report.isDryRun = dryRun
    do throws(StoreError) {
      if try PurgePlan.isEmpty(choice.selection, in: store) { return report }
    } catch {
      throw Failure(error.description)
    }
    if dryRun {
      if !live, !legacy, store.probeLiveness() == .live {
        output.note("cachefiles: the cache is in use: without --live a purge would be refused")
      }
      let plan = try plan(choice, store, output, &report)
      if plan.isInterrupted { return report }
      show(plan, output)
      // What nobody holds is purged as without --live.
      let isHeld = live && store.probeLiveness() != .offline
      report.obstacle = objection(to: plan, isLive: isHeld) ?? store.obstacleToBurials
      return report
    }
    let liveness = store.probeLiveness()
    if legacy, liveness == .live {
      report.isLive = true
      return try buryOldTrees(choice, store, output, report)
    }
    let isHeld = live && liveness != .offline
    // It is held from here to the end: what is shown is what goes.
    if isHeld {
      let hold: SharedLiveHold
      do throws(Refusal) { hold = SharedLiveHold(try store.holdLive()) } catch {
        throw refuse(error, store.path, output)
      }
      return try purge(choice, live: hold, output, report)
    }
    let cache: ExclusiveCache
    do throws(Refusal) { cache = try store.hold() } catch { throw refuse(error, store.path, output) }
    return try purge(choice, in: cache, output, report)
  }

  /// No kernel that marks directories looks at the old layout: its trees go without leave.
  private func buryOldTrees(
    _ choice: PurgeChoice, _ store: borrowing Store, _ output: Output, _ report: PurgeReport
  ) throws -> PurgeReport {
    var report = report
    guard let plan = try agreedPlan(choice, store, output, &report) else { return report }
    var done = Purge(options(choice, output)).buryOldTrees(plan, besideKernelIn: store)
    if let refusal = done.refusal, done.done == PurgeAmount() { throw refuse(refusal, store.path, output) }
    done.errors += plan.errors
    return done
  }

  /// What a program is told of a purge that did not begin.
  private func document(_ reason: String, _ root: [UInt8], _ output: Output) {
    output.render(RefusalView(root: root, isDryRun: dryRun, isLive: live, reason: reason), command: "purge")
    output.stream.flush()
  }

  private func refuse(_ refusal: Refusal, _ path: [UInt8], _ output: Output) -> ExitCode {
    document(refusal.description, path, output)
    StandardError.line(
      "cachefiles: \(EscapedBytes.string(path)): \(refusal)\(LiveHint.words(after: refusal, live: live))")
    return refusal.isOccupied ? ExitStatus.live : ExitStatus.failure
  }

  private func purge(
    _ choice: PurgeChoice, in cache: borrowing ExclusiveCache, _ output: Output, _ report: PurgeReport
  ) throws -> PurgeReport {
    var report = report
    guard let plan = try agreedPlan(choice, cache.store, output, &report) else { return report }
    let purge = Purge(options(choice, output))
    let progress = purge.progress
    var done = ProgressLine(output).show("removing:", count: { progress.count }, atMost: cache.store.usedFiles) {
      purge.run(plan, in: cache)
    }
    if let refusal = done.refusal, done.done == PurgeAmount() { throw refuse(refusal, cache.store.path, output) }
    done.errors += plan.errors
    return done
  }

  private func purge(
    _ choice: PurgeChoice, live hold: SharedLiveHold, _ output: Output, _ report: PurgeReport
  ) throws -> PurgeReport {
    var report = report
    report.isLive = true
    guard let plan = try agreedPlan(choice, hold.live.store, output, &report) else { return report }
    let purge = LivePurge(options(choice, output))
    let progress = purge.progress
    var done = ProgressLine(output).show("removing:", count: { progress.count }, atMost: hold.live.store.usedFiles) {
      purge.run(plan, in: hold)
    }
    if let refusal = done.refusal, done.done == PurgeAmount() { throw refuse(refusal, hold.live.store.path, output) }
    done.errors += plan.errors
    return done
  }

  private func options(_ choice: PurgeChoice, _ output: Output) -> Purge.Options {
    var options = Purge.Options(now: Timestamp.now)
    options.includesDirty = includeDirty
    options.pinned = choice.pinned
    options.pins = choice.pins
    options.onFailure = { StandardError.line("cachefiles: \($0)") }
    if output.isVerbose {
      options.onKept = { StandardError.line("cachefiles: \(EscapedBytes.string($0)): stays: \($1)") }
    }
    return options
  }

  /// The plan, shown and agreed to; nil when a signal ended the planning.
  private func agreedPlan(
    _ choice: PurgeChoice, _ store: borrowing Store, _ output: Output, _ report: inout PurgeReport
  ) throws -> PurgePlan? {
    let plan = try plan(choice, store, output, &report)
    if plan.isInterrupted { return nil }
    if !yes || output.isVerbose { show(plan, output) }
    try refuse(plan, store, isLive: report.isLive)
    if !yes, try !isConfirmed() { throw ExitStatus.failure }
    return plan
  }

  private func plan(
    _ choice: PurgeChoice, _ store: borrowing Store, _ output: Output, _ report: inout PurgeReport
  ) throws(Failure) -> PurgePlan {
    var options = PurgePlan.Options()
    options.threads = scan.threads ?? ScanOptions.defaultThreads
    options.isLive = report.isLive
    options.pinned = choice.pinned
    options.onFailure = { StandardError.line("cachefiles: \($0)") }
    let plan: PurgePlan
    do throws(StoreError) {
      plan = try PurgePlan(choice.selection, in: store, options)
    } catch {
      throw Failure(error.description)
    }
    if case .object(let path) = choice.selection, plan.pinned.objects > 0 {
      let object = EscapedBytes.string(store.path.appending(path: path))
      throw Failure("\(object): nothing purged: it is pinned ('cachefiles keep list'), which needs --no-pins")
    }
    report.planned = plan.amount
    report.pinned = plan.pinned
    report.errors = plan.errors
    report.isInterrupted = plan.isInterrupted
    return plan
  }

  private func show(_ plan: PurgePlan, _ output: Output) {
    let style = Style(isOn: false)
    let lines = PurgePlanLines(plan: plan)
    if dryRun || yes {
      if output.format == .text { for line in lines.lines(output.style) { output.stream.line(line) } }
    } else {
      for line in lines.lines(style) { StandardError.line(line) }
    }
  }

  /// Why the purge is refused, also what an option would allow; nil where nothing speaks against it.
  private func objection(to plan: PurgePlan, isLive: Bool) -> String? {
    if let obstacle = plan.obstacleWords { return obstacle }
    // Of a cache in use they stay: what is being written through a mount is dirty.
    if includeDirty || isLive && !legacy { return nil }
    let dirty = plan.amount.dirtyObjects
    if dirty > 0 {
      // What cannot be read counts as dirty.
      let objects =
        plan.errors > 0
        ? "\(Quantity.count(dirty, "object")) that \(dirty == 1 ? "is" : "are") dirty, or may be,"
        : Quantity.count(dirty, "dirty object")
      return "\(objects) would also be removed, which needs --include-dirty"
    }
    return plan.errors > 0 ? "what cannot be read may be dirty, which needs --include-dirty" : nil
  }

  private func refuse(_ plan: PurgePlan, _ store: borrowing Store, isLive: Bool) throws(Failure) {
    if let reason = objection(to: plan, isLive: isLive) {
      throw Failure("\(EscapedBytes.string(store.path)): nothing purged: \(reason)")
    }
  }

  private func isConfirmed() throws -> Bool {
    StandardError.write("Remove this for good? [y/N] ")
    let answer: [UInt8]
    do throws(Errno) { answer = try LineInput.answer() ?? [] } catch { answer = [] }
    if let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if ["y", "yes"].contains(String(decoding: answer, as: UTF8.self).lowercased()) { return true }
    StandardError.line("cachefiles: nothing purged")
    return false
  }
}
