import ArgumentParser
import CachefilesFormat
import CachefilesStore
import LinuxIO

/// `cachefiles stats`: what a cache holds.
struct Stats: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Totals of a cache, and a table of its volumes.",
    discussion: """
      Counts objects and bytes with one parallel walk that changes nothing, access times included. Works on a live \
      cache. Allocated bytes are those of 'du -s' of the directory; files with several hard links count once.

      \(ExitStatus.table)
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var scan: ScanArguments
  @OptionGroup var output: OutputOptions

  @Flag(help: "Read the records too: sizes of the cached files, dirty objects.")
  var records = false

  @Flag(help: "Find the runs of data too, which opens every object.")
  var extents = false

  func run() throws {
    let output = Output(output)
    var questions = StatisticsReport.Questions()
    questions.records = records
    questions.extents = extents
    let percentages = try store.configuration()?.percentages ?? CullPercentages()
    let report = try StatisticsCommand.report(
      try store.open(), questions, scan.options(attributes: records), percentages: percentages, output)
    output.render(StatisticsView(report: report), command: "stats")
    output.stream.flush()
    try StatisticsCommand.finish(report)
  }
}

/// The part of `stats` that `du` and `demo` share.
enum StatisticsCommand {
  static func report(
    _ store: consuming Store, _ questions: StatisticsReport.Questions, _ options: ScanOptions,
    percentages: CullPercentages?, _ output: Output
  ) throws(Failure) -> StatisticsReport {
    do throws(StoreError) {
      let preparation = try StatisticsReport.prepare(store, questions, options, percentages: percentages)
      return ProgressLine(output).show("scanning:", count: { preparation.scanner.progress.count }) { preparation.run() }
    } catch {
      throw Failure(error.description)
    }
  }

  /// Ends a command with the status that a report calls for.
  static func finish(_ report: StatisticsReport) throws {
    if report.isInterrupted, let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if report.errors > 0 { throw ExitStatus.failure }
  }
}
