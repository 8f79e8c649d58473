// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import CachefilesUpkeep
import LinuxIO
import SystemPackage

/// `cachefiles cull`, also the program `cachefiles-cull`: removes the least recently used objects.
struct CullCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cull",
    abstract: "Make room: remove the least recently used objects of a cache that is not in use.",
    discussion: """
      Removes objects in the order of their last use, ties by path, until the goal holds. Without a goal that is the \
      point at which the kernel's own culling stops: 'brun' and 'frun' of the configuration, which must be one that the \
      daemon takes. Several goals must all hold. Each --quota is a goal of its own: the least recently used of its volumes go. -n prints the plan and removes nothing.

      A cache in use is refused without --live: its objects can only be removed with the kernel's leave. With --live that is \
      asked for through the daemon that holds the cache, for each object: what is in use stays, and the next ones go in its \
      place. It needs root on the machine itself (CAP_SYS_PTRACE), Linux 5.17 or later, and a daemon such as cachefilesd; \
      the daemon is not disturbed. A cache that nobody holds is culled as without --live.

      What 'cachefiles keep' pins stays. When a goal cannot be reached nothing is removed; --best-effort goes as far as possible. Dirty objects stay, since they may hold writes that the server never got. An object with several names frees \
      nothing and counts as such. An object that was used since the plan was made stays.

      FILE of --protect holds patterns, one a line; '*' and '?' stand for any bytes, '\\xHH' for that byte as names are \
      printed, '#' starts a comment. A pattern protects what it matches of three: the path below the cache directory, \
      the volume key with '/' and the object's name behind it, and the volume's description as 'stats' prints it. A \
      pattern that begins with '#' is written '\\#'. When a pattern, --volume or --netfs matches nothing, nothing is \
      removed: what it was to keep or to select is not known.

      \(ExitStatus.table)
      A goal that cannot be reached is a failure too.
      """)

  @OptionGroup var store: StoreOptions

  @Option(help: ArgumentHelp("Goal: this much space available, such as 10G or 15%.", valueName: "size|n%"))
  var free: FreeArgument?

  @Option(help: ArgumentHelp("Goal: the selected objects occupy at most this.", valueName: "size"))
  var maxSize: SizeArgument?

  @Option(help: ArgumentHelp("Goal: at most this many selected objects.", valueName: "n"))
  var maxObjects: Int?

  @Option(help: ArgumentHelp("Goal: no object last used longer ago than this.", valueName: "age"))
  var olderThan: AgeArgument?

  @Option(
    help: ArgumentHelp(
      "Goal: the objects of the volumes that match occupy at most this together; may be given several times.",
      valueName: "glob=size"))
  var quota: [QuotaArgument] = []

  @Option(help: ArgumentHelp("Only volumes that match.", valueName: "glob"), completion: .custom(VolumeCompletion.keys))
  var volume: ByteArgument?

  @Option(help: ArgumentHelp("Only this network file system; may be given several times.", valueName: "type"))
  var netfs: [NetfsType] = []

  @Option(help: ArgumentHelp("Keep objects that match a pattern in this file.", valueName: "file"), completion: .file())
  var protect: ByteArgument?

  @Option(help: ArgumentHelp("Only volumes of this server, by address or name.", valueName: "server"))
  var server: ServerArgument?

  @Option(
    help: ArgumentHelp(
      "Only objects that match, as --protect's patterns do; may be given several times.", valueName: "glob"))
  var object: [ByteArgument] = []

  @Option(help: ArgumentHelp("Only objects that occupy more than this.", valueName: "size"))
  var largerThan: SizeArgument?

  @Option(help: ArgumentHelp("Keep this many of the most recently used objects of each volume.", valueName: "n"))
  var keepPerVolume: Int?

  @Option(
    help: ArgumentHelp(
      "What to remove first: atime (unused for longest), size (largest), cost (most bytes for each likely re-fetch).",
      valueName: "order"))
  var order = CullOrderArgument.atime

  @Option(
    help: ArgumentHelp(
      "When anything has to go, free this much more than the goal needs: 2G, or 5% of the file system (of SIZE with --max-size and --quota).",
      valueName: "size|n%"))
  var margin: FreeArgument?

  @OptionGroup var pinOptions: PinOptions

  @Flag(help: "Continue if --volume, --netfs, --server or a pattern matches nothing.")
  var allowUnmatched = false

  @Option(help: ArgumentHelp("Keep objects used within this time.", valueName: "age"))
  var minAge: AgeArgument?

  @Flag(help: "Remove dirty objects too; they may hold writes that the server never got.")
  var includeDirty = false

  @Flag(help: "Also cull a cache in use, with the kernel's leave.")
  var live = false

  @Flag(help: "Free as much as possible if the goal cannot be reached.")
  var bestEffort = false

  @Flag(name: [.customShort("n"), .long], help: "Print the plan and remove nothing.")
  var dryRun = false

  @Flag(help: "Print each victim, in the order of culling.")
  var list = false

  @Flag(help: "Remove fanout directories and volumes that are empty afterwards.")
  var pruneEmpty = false

  @Option(help: ArgumentHelp("Remove at most this many objects per second.", valueName: "n"))
  var rate: Int?

  @Option(help: ArgumentHelp("Stop after this time.", valueName: "time"))
  var maxTime: SpanArgument?

  @Flag(help: "Use the disk only when nobody else wants it (idle I/O class).")
  var idle = false

  @OptionGroup var scan: ScanArguments
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if live, pruneEmpty {
      throw ValidationError("--prune-empty is not for a cache in use: the kernel holds its directories")
    }
    if !quota.isEmpty, free != nil || maxSize != nil || maxObjects != nil || olderThan != nil {
      throw ValidationError("--quota excludes --free, --max-size, --max-objects and --older-than")
    }
    if margin != nil, free == nil, maxSize == nil, quota.isEmpty, maxObjects != nil || olderThan != nil {
      throw ValidationError("--margin is one of space: it goes with --free, --max-size, --quota or no goal")
    }
    if let maxSize, maxSize.isWithoutUnit { throw ValidationError(maxSize.missingUnit(of: "--max-size")) }
    for quota in quota where quota.size.isWithoutUnit { throw ValidationError(quota.size.missingUnit(of: "--quota")) }
    if let maxObjects, maxObjects < 0 { throw ValidationError("--max-objects must be 0 or greater") }
    if order != .atime, olderThan != nil { throw ValidationError("--older-than needs --order atime") }
    if let keepPerVolume, keepPerVolume < 0 { throw ValidationError("--keep-per-volume must be 0 or greater") }
    if let rate, rate < 1 { throw ValidationError("--rate must be 1 or greater") }
  }

  func run() throws {
    let output = Output(output)
    // A removal goes on when nobody reads the list any more; a list alone ends with its reader.
    output.stream.endsOnFailure(dryRun && list)
    if dryRun, list { output.stream.endsWithReader() }
    let store = try store.open()
    if !allowUnmatched { try store.requireVolume(of: Set(netfs), matching: volume, server: server) }
    let status = try fileSystem(store)
    var options = try cullOptions(status)
    let pins = try HeldPins(pinOptions, of: store)
    options.selection.pinned = try pins.read()
    if idle, !IOPriority.setIdle() { output.note("cachefiles: note: the idle I/O class is not available here") }
    noteAccessTimes(status, output)
    let victims = SharedOutput(output)
    if list, output.format == .document {
      output.note("cachefiles: note: the document has no list; --jsonl prints each victim in a line")
    }
    let root = store.path
    if list { options.onVictim = { VictimLine.write($0, root: root, to: victims) } }
    if !quota.isEmpty { return try runQuotas(store, options, pins, output) }
    let report = try run(options, store, pins, output)
    try tell(report, output)
    output.render(CullView(report: report, goal: options.goal, isVerbose: output.isVerbose), command: "cull")
    output.stream.flush()
    try finish(report)
    if output.stream.hasFailed { throw ExitStatus.failure }
  }

  /// Runs a cull, with a line that says how far it is.
  func show(_ cull: Cull, _ output: Output) -> Cull.Report {
    ProgressLine(output).show(
      dryRun ? "planning:" : "culling:", count: { [dryRun] in dryRun ? cull.progress.count : cull.removedObjects }
    ) { cull.run() }
  }

  /// Says why a cull was refused or stopped. What had nothing done ends here.
  func tell(_ report: Cull.Report, _ output: Output) throws {
    guard let refusal = report.refusal else { return }
    StandardError.line(
      "cachefiles: \(EscapedBytes.string(report.root)): \(refusal)\(LiveHint.words(after: refusal, live: live))")
    if report.hasDoneSomething { return }
    output.render(
      RefusalView(root: report.root, isDryRun: report.isDryRun, isLive: report.isLive, reason: refusal.description),
      command: "cull")
    output.stream.flush()
    throw refusal.isOccupied ? ExitStatus.live : ExitStatus.failure
  }

  func finish(_ report: Cull.Report) throws {
    if report.isInterrupted, let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if report.refusal != nil { throw ExitStatus.stopped(hasDoneSomething: report.hasDoneSomething) }
    if report.errors > 0 || !report.isGoalMet { throw ExitStatus.failure }
  }

  /// Which volumes are selected; nil for all.
  private var volumes: (@Sendable ([UInt8]) -> Bool)? {
    let (glob, server) = (volume.map { VolumeGlob($0.bytes) }, server)
    if glob == nil, server == nil { return nil }
    return { (glob?.matches($0) ?? true) && (server?.matches($0) ?? true) }
  }

  private func fileSystem(_ store: borrowing Store) throws(Failure) -> FileSystemStatus {
    do throws(Errno) { return try store.root.fileSystem() } catch {
      throw Failure("\(EscapedBytes.string(store.path)): cannot find the size of the file system: \(error)")
    }
  }

  private func cullOptions(_ status: FileSystemStatus) throws -> CullOptions {
    var options = CullOptions()
    let now = Timestamp.now
    if free == nil, maxSize == nil, maxObjects == nil, olderThan == nil, quota.isEmpty {
      options.goal = CullGoal(CullLimits(try store.limits(), blocks: status.blocks, files: status.files), status)
    }
    options.goal.availableBytes = free?.bytes(of: status) ?? options.goal.availableBytes
    options.goal.maximumBytes = maxSize?.bytes
    options.goal.maximumObjects = maxObjects
    options.goal.usedSince = olderThan.map { now - $0.duration }
    options.selection.notUsedSince = minAge.map { now - $0.duration }
    options.selection.types = Set(netfs)
    options.selection.includesDirty = includeDirty
    options.selection.volumes = volumes
    options.selection.largerThan = largerThan?.bytes
    options.selection.keptPerVolume = keepPerVolume
    options.order = order.order(now: now)
    options.goal.margin = margin?.margin ?? .bytes(0)
    try setPatterns(&options)
    options.isDryRun = dryRun
    options.isLive = live
    options.isBestEffort = bestEffort
    options.unreachable = { "nothing removed: " + Self.unreachable($0, $1, $2) }
    options.rate = rate
    options.timeLimit = maxTime?.duration
    options.prunesEmpty = pruneEmpty
    options.threads = scan.threads ?? ScanOptions.defaultThreads
    options.onFailure = { StandardError.line("cachefiles: \($0)") }
    return options
  }

  /// Why a goal cannot be reached: what may go at most, what would have to, and what is pinned.
  static func unreachable(_ most: CullSum, _ need: CullSum, _ pinned: CullSum) -> String {
    let all = "\(Quantity.count(most.objects, "object")) with \(Quantity.size(most.bytes)) may go at most"
    let wanted = need.bytes > 0 ? Quantity.size(need.bytes) : Quantity.count(max(need.objects, need.files), "object")
    let kept =
      pinned.objects > 0 ? "; \(Quantity.count(pinned.objects)) with \(Quantity.size(pinned.bytes)) are pinned" : ""
    return "the goal cannot be reached: \(all), and \(wanted) would have to\(kept) "
      + "(--best-effort goes as far as it can)"
  }

  /// What the file of --protect keeps and --object selects; a pattern that matches nothing stops the cull before anything goes.
  private func setPatterns(_ options: inout CullOptions) throws(Failure) {
    var checks: [@Sendable () -> [String]] = []
    if let protect {
      let patterns = try ProtectedPatterns(FilePath(bytes: protect.bytes))
      if patterns.isEmpty, !allowUnmatched {
        throw Failure("\(EscapedBytes.string(protect.bytes)): no pattern in it (--allow-unmatched goes on)")
      }
      options.selection.kept.append(patterns.rule)
      checks.append { patterns.warnings }
    }
    if !object.isEmpty {
      let patterns = object.map(\.bytes)
      let rule = PatternSet(patterns)
      options.selection.objects = rule
      checks.append { rule.unmatched.map { "--object \(EscapedBytes.excerpt(patterns[$0])) matches nothing" } }
    }
    let stops = !allowUnmatched
    let prepared = checks
    options.onCount = {
      let warnings = prepared.flatMap { $0() }
      let kind = "cachefiles: \(stops ? "" : "warning: ")"
      for line in warnings.prefix(Self.namedWarnings) { StandardError.line(kind + line) }
      let more = warnings.count - Self.namedWarnings
      if more > 0 { StandardError.line("\(kind)… and \(Quantity.count(more, "pattern")) more") }
      return warnings.isEmpty || !stops
        ? nil : "nothing removed: a pattern matches nothing (--allow-unmatched goes on)"
    }
  }

  /// So many patterns that match nothing are named: a list that is stale is stale in most of it.
  private static let namedWarnings = 10

  /// The order of culling is only as good as the access times are.
  private func noteAccessTimes(_ status: FileSystemStatus, _ output: Output) {
    if dryRun, status.isReadOnly { output.note("cachefiles: note: mounted read-only: a cull would be refused") }
    if status.hasNoAccessTimes {
      output.note("cachefiles: note: mounted with noatime: \(UseNote.noAccessTimes)")
    } else if status.hasRelativeAccessTimes {
      output.note("cachefiles: note: mounted with relatime: last use is exact to a day")
    }
  }
}
