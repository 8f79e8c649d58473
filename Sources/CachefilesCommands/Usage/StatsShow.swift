// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import SystemPackage

/// `cachefiles stats [show]`.
struct StatsShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "What a cache holds, how full and how old it is.",
    usage: "cachefiles stats [<options>] [<dir>]",
    discussion: """
      Counts objects and bytes with one parallel walk that changes nothing, access times included. Works on a live \
      cache. Allocated bytes are those of 'du -s' of the directory; files with several hard links count once.

      Of a live cache the kernel's own counts are told too, and which volumes and objects it uses now. --proc reads \
      them from a saved copy of /proc/fs/fscache, whether the cache is live or not.

      --what-if tells how many days of use a smaller cache would hold, and what a cull to that size would remove.

      'cachefiles stats diff' compares two runs that --json saved. --record DIR adds the figures of this run to the file \
      stats.jsonl in DIR, one line a run; from a few nights of them 'cachefiles stats forecast DIR' tells what is to come.

      --no-walk tells only what is known at once, whatever the size of the cache: the kernel's counts, the file system \
      and the limits.

      --format openmetrics and --format prometheus, the older format, are for Prometheus; with --output the file \
      appears as a whole, for the textfile collector of its node exporter, which reads the older one. --report writes \
      one self-contained HTML page.

      \(ExitStatus.table)
      """, shouldDisplay: false)

  @OptionGroup var store: StoreOptions
  @OptionGroup var scan: ScanArguments

  @Flag(help: "Also read the records: sizes of the cached files, dirty objects.")
  var records = false

  @Flag(help: "Also find the runs of data; this opens every object.")
  var extents = false

  @Flag(help: "Show what caches of other sizes would hold.")
  var whatIf = false

  @Option(help: ArgumentHelp("The same for this size; can be repeated.", valueName: "size"))
  var size: [SizeArgument] = []

  @Option(
    help: ArgumentHelp("Read what the kernel tells from this copy of /proc.", valueName: "dir"), completion: .directory)
  var proc: ByteArgument?

  @Option(
    help: ArgumentHelp(
      "Print it as text, json, openmetrics, prometheus (its older text format) or csv.", valueName: "format"))
  var format: StatisticsFormat?

  @Option(help: ArgumentHelp("Write to this file, whole or not at all.", valueName: "file"), completion: .file())
  var output: ByteArgument?

  @Option(help: ArgumentHelp("Write an HTML page to this file.", valueName: "file"), completion: .file())
  var report: ByteArgument?

  @Option(
    help: ArgumentHelp("Add this run's figures to the history in this directory.", valueName: "dir"),
    completion: .directory)
  var record: ByteArgument?

  @Flag(help: "Print all volumes, also on a terminal that has no room for them.")
  var all = false

  @Flag(help: "Do not walk the cache: tell only of the kernel, the file system and the limits.")
  var noWalk = false

  @Flag(help: "Leave out of the metrics what --no-walk tells.")
  var noKernel = false

  @Option(help: ArgumentHelp("Repeat at this interval, such as 5s, and print what changed.", valueName: "time"))
  var watch: SpanArgument?

  @Option(help: ArgumentHelp("Stop --watch after this many rounds.", valueName: "n"))
  var count: Int?

  @Option(
    help: ArgumentHelp("Count ages from this moment.", valueName: "ns", visibility: .hidden))
  var now: Int64?

  @OptionGroup var form: OutputOptions

  func validate() throws {
    if format != nil, form.format != .text { throw ValidationError("--format excludes --json and --jsonl") }
    if let watch {
      if watch.seconds < 1 { throw ValidationError("--watch must be 1 second or more") }
      if record != nil { throw ValidationError("--watch keeps no history; leave out --record") }
      if output != nil || report != nil || format != nil || form.format == .document {
        throw ValidationError("--watch prints lines of text, or with --jsonl lines of JSON")
      }
    }
    if whatIf || !size.isEmpty, watch != nil || format != nil {
      throw ValidationError("--what-if and --size forecast in text or JSON; leave out --watch and --format")
    }
    if let count, watch == nil || count < 1 { throw ValidationError("--count needs --watch and must be 1 or greater") }
    if noWalk {
      if records || extents || whatIf || !size.isEmpty || report != nil || record != nil || watch != nil
        || format == .csv
      {
        throw ValidationError("--no-walk tells nothing of what is in the cache: leave out what asks for that")
      }
      if noKernel { throw ValidationError("--no-walk and --no-kernel exclude each other") }
    }
    if noKernel, format != .openmetrics, format != .prometheus {
      throw ValidationError("--no-kernel needs --format openmetrics or prometheus")
    }
    if report != nil, output != nil || format != nil || form.format != .text {
      throw ValidationError("--report is the output; leave out --output, --format, --json and --jsonl")
    }
  }

  private func questions() throws(Failure) -> StatisticsReport.Questions {
    var questions = StatisticsReport.Questions()
    questions.walks = !noWalk
    questions.records = records
    questions.extents = extents
    questions.reachability = !noWalk
    questions.ageCurve = whatIf || !size.isEmpty || report != nil || record != nil
    questions.kernel = (try ProcCopy.directory(proc), proc != nil)
    if let now { questions.now = Timestamp(nanosecondsSince1970: now) }
    return questions
  }

  func run() throws {
    let percentages = try store.configuration()?.percentages ?? CullPercentages()
    let options = scan.options(attributes: records)
    if let watch {
      try StatisticsWatch(
        interval: Int(watch.seconds), count: count, questions: try questions(), options: options,
        percentages: percentages
      )
      .run(try store.path(), Output(form))
      return
    }
    let opened = try store.open()
    let file = try (report ?? output).map { path throws(Failure) in try Self.prepare(path, about: opened) }
    let history = try record.map { path throws(Failure) in try HistoryLine.open(path, about: opened) }
    let output = Output(form, isCollecting: file != nil)
    let result = try StatisticsCommand.report(opened, try questions(), options, percentages: percentages, output)
    // Before the output, which may not be to be written.
    var failure: Failure?
    if let history, !result.isInterrupted {
      do throws(Failure) { try HistoryLine(HistoryRecord(result)).append(to: history) } catch { failure = error }
    }
    render(result, output)
    // What was cut short has no figures of a whole cache: the file stays as it was.
    if let file, result.isInterrupted {
      _ = output.stream.take()
      StandardError.line("cachefiles: \(EscapedBytes.string(file.path.bytes)): not written: the scan was interrupted")
    } else if let file {
      do throws(StoreError) { try file.write(output.stream.take()) } catch { throw Failure(error.description) }
    }
    output.stream.flush()
    if let failure { throw failure }
    try StatisticsCommand.finish(result)
  }

  private static func prepare(_ path: ByteArgument, about store: borrowing Store) throws(Failure) -> ReportFile {
    do throws(StoreError) {
      return try ReportFile.prepare(FilePath(bytes: path.bytes), about: store)
    } catch {
      throw Failure(error.description)
    }
  }

  private func render(_ result: StatisticsReport, _ output: Output) {
    let view = StatisticsView(
      report: result, sizes: size.map(\.bytes), hasAllVolumes: all, hasWhatIf: whatIf || !size.isEmpty)
    if report != nil {
      let page = HTMLReport(result, sizes: size.map(\.bytes)).text
      output.stream.append { $0 += page }
      return
    }
    switch format {
    case nil, .text?: output.render(view, command: "stats")
    case .json?: output.with(.document).render(view, command: "stats")
    case .openmetrics?: output.stream.append { $0 += Metrics.text(result, .openMetrics, hasKernel: !noKernel) }
    case .prometheus?: output.stream.append { $0 += Metrics.text(result, .prometheus, hasKernel: !noKernel) }
    case .csv?:
      let table = CommaSeparated(result)
      output.stream.append { $0 += table.text }
    }
  }
}
