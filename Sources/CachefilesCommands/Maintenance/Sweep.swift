// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// `cachefiles sweep`: empties the graveyard.
struct Sweep: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Empty the graveyard.",
    discussion: """
      The graveyard holds what the kernel, cachefilesd, 'fsck' and 'purge' have taken out of the cache; nothing uses it \
      any more. A sweep removes everything in it, at any depth, and leaves the directory. Nothing else of the cache is \
      touched. The cache may be in use, and another sweep may be at the same work. Beside a running cachefilesd nothing \
      is swept unless --beside-daemon says so: it empties the graveyard itself, and can end, and take the cache with \
      it, when something is gone that it is about to remove.

      Links are not followed, mount points and other file systems not entered; what is left is named with the reason. A \
      sweep that was ended by a signal or by --max-time is gone on with by the next one; running out of time is no \
      failure. What was swept cannot be put back by 'fsck --undo'.

      --older-than judges the entries of the graveyard itself, not what is in them: by the time of burial that the \
      names have which the kernel and cachefilesd give, and where a name has none, by the time of last change (mtime).

      \(ExitStatus.table)
      """)

  @OptionGroup var store: StoreOptions

  @Option(help: ArgumentHelp("Only entries buried at least this long ago, such as 7d.", valueName: "age"))
  var olderThan: AgeArgument?

  @Option(help: ArgumentHelp("Stop after this time.", valueName: "time"))
  var maxTime: SpanArgument?

  @Flag(name: [.customShort("n"), .long], help: "Only count.")
  var dryRun = false

  @Flag(help: "Clear the immutable and append-only flags of entries to remove; otherwise they stay.")
  var clearFlags = false

  @Flag(help: "Also sweep while cachefilesd empties the graveyard itself.")
  var besideDaemon = false

  @OptionGroup var output: OutputOptions

  func run() throws {
    let output = Output(output)
    output.stream.endsOnFailure(false)
    let watch = GraveyardWatch(try store.open())
    let asks = !dryRun && !besideDaemon
    if asks, watch.mayHaveDaemon() {
      Self.complain(watch)
      throw ExitStatus.live
    }
    var options = GraveyardSweeper.Options(now: Timestamp.now)
    options.minimumAge = olderThan?.duration
    options.timeLimit = maxTime?.duration
    options.isDryRun = dryRun
    options.clearsFlags = clearFlags
    options.onFailure = { StandardError.line("cachefiles: \($0)") }
    options.isCancelled = { Interruption.signal != nil || (asks && watch.mayHaveDaemon()) }
    let report = try Self.sweep(watch.store, options, output)
    output.render(SweepView(report: report, age: olderThan), command: "sweep")
    output.stream.flush()
    if report.isInterrupted, let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    Self.complain(watch)
    if report.errors > 0 || watch.daemon != .none || output.stream.hasFailed { throw ExitStatus.failure }
  }

  /// Says which process keeps the graveyard, if one was found.
  private static func complain(_ watch: GraveyardWatch) {
    let reason: String
    switch watch.daemon {
    case .none: return
    case .running(let process): reason = "cachefilesd (process \(process)) empties this graveyard itself"
    case .cannotTell(let why): reason = "cannot tell whether a cachefilesd empties this graveyard itself: \(why)"
    }
    StandardError.line(
      "cachefiles: \(EscapedBytes.string(watch.store.path)): \(reason); --beside-daemon sweeps anyway")
  }

  private static func sweep(
    _ store: borrowing Store, _ options: GraveyardSweeper.Options, _ output: Output
  ) throws -> SweepReport {
    let sweeper = GraveyardSweeper(options)
    let progress = sweeper.progress
    let words = options.isDryRun ? "counting:" : "removing:"
    var result: Result<SweepReport, StoreError> = .success(SweepReport(root: store.path))
    ProgressLine(output).show(words, count: { progress.count }, atMost: store.usedFiles) {
      do throws(StoreError) { result = .success(try sweeper.run(store)) } catch { result = .failure(error) }
    }
    switch result {
    case .success(let report): return report
    case .failure(let error) where error.error == .wouldBlock:
      StandardError.line("cachefiles: \(error)")
      throw ExitStatus.live
    case .failure(let error): throw Failure(error.description)
    }
  }
}
