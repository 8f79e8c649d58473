// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import SystemPackage

/// Looks at a cache again and again and prints what changed.
struct StatisticsWatch {
  /// Seconds from the beginning of one look to that of the next.
  let interval: Int
  /// How many looks; without end when nil.
  let count: Int?
  let questions: StatisticsReport.Questions
  let options: ScanOptions
  let percentages: CullPercentages

  func run(_ path: FilePath, _ output: Output) throws {
    var before: (report: StatisticsReport, time: ContinuousClock.Instant)?
    var looks = 0
    var errors = 0
    output.stream.endsWithReader()
    while true {
      let (watch, time) = (Stopwatch(), ContinuousClock.now)
      let report = try look(path, output)
      errors += report.errors
      if report.isInterrupted { break }
      if before == nil, output.format == .text {
        output.stream.line(output.style.faint(WatchLine.header(output.style)))
      }
      let line = WatchLine(report: report, before: before?.report, passed: before.map { time - $0.time })
      output.render(line, command: "stats-watch")
      output.stream.flush()
      before = (report, time)
      looks += 1
      if looks == count { break }
      while watch.elapsed < .seconds(interval), Interruption.signal == nil {
        Pause.microseconds(20_000)
      }
      if Interruption.signal != nil { break }
    }
    if let signal = Interruption.signal { throw ExitStatus.signal(signal) }
    if errors > 0 { throw ExitStatus.failure }
  }

  private func look(_ path: FilePath, _ output: Output) throws(Failure) -> StatisticsReport {
    var questions = questions
    questions.now = Timestamp.now
    let store: Store
    do throws(OpeningFailure) { store = try Store(path: path) } catch { throw Failure(error.description) }
    return try StatisticsCommand.report(store, questions, options, percentages: percentages, output)
  }
}

/// One look: totals, and how fast they changed since the look before.
private struct WatchLine: Renderable {
  let report: StatisticsReport
  let before: StatisticsReport?
  /// The time between the two, which no setting of the clock changes.
  let passed: Duration?

  private static let width = 11
  /// The columns behind the time, and the order in which they are left out where a terminal has no room for them.
  private static let columns = [
    "OBJECTS", "A SECOND", "DISK", "A SECOND", "GRAVEYARD", "AVAILABLE", "CULLED", "REFUSED", "HITS",
  ]
  private static let order = [0, 2, 5, 8, 1, 3, 6, 4, 7]

  static func header(_ style: Style) -> String {
    (["TIME".right(8)] + shown(columns.map { $0.right(width) }, style)).joined(separator: " ")
  }

  /// The cells for which there is room.
  private static func shown(_ cells: [String], _ style: Style) -> [String] {
    let room = style.columns.map { max(1, ($0 - 8) / (width + 1)) } ?? cells.count
    let kept = Set(order.prefix(room))
    return cells.indices.filter { kept.contains($0) }.map { cells[$0] }
  }

  private var seconds: Double {
    passed.map { max(1e-3, $0.inSeconds) } ?? 1
  }

  /// The change in a second; nil at the first look.
  private func rate(_ value: (StatisticsReport) -> Double?) -> Double? {
    guard let before, let old = value(before), let new = value(report) else { return nil }
    return (new - old) / seconds
  }

  private var objectRate: Double? { rate { Double($0.statistics.totals.objects) } }
  private var diskRate: Double? { rate { Double($0.statistics.totals.diskBytes) } }
  private var culledRate: Double? { rate { $0.kernelStatistics?.culled.map(Double.init) } }
  private var hitRate: Double? { rate { $0.kernelStatistics?.hitCount.map { Double($0.hits) } } }
  private var missRate: Double? { rate { $0.kernelStatistics?.hitCount.map { Double($0.misses) } } }
  /// The share of the reads since the look before that the cache answered.
  private var hitShare: String {
    guard let hitRate, let missRate, hitRate + missRate > 0 else { return "-" }
    return Quantity.percent(hitRate / (hitRate + missRate))
  }
  private var refusedRate: Double? { rate { $0.kernelStatistics?.refusedForSpace.map(Double.init) } }

  func write(to json: inout JSONWriter) {
    json.root(report.root)
    json.nanoseconds("time_ns", report.questions.now)
    TotalsView(report: report).write(to: &json)
    if let status = report.fileSystem {
      json.number("available_bytes", status.availableBlocks.multipliedClamped(by: status.blockSize))
    }
    for (key, rate) in [
      ("objects_per_second" as StaticString, objectRate), ("disk_bytes_per_second", diskRate),
      ("culled_per_second", culledRate), ("refused_per_second", refusedRate),
      ("hits_per_second", hitRate), ("misses_per_second", missRate),
    ] {
      if let rate { json.decimal(key, rate) } else { json.null(key) }
    }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    let totals = report.statistics.totals
    let available = report.fileSystem.map { Quantity.size($0.availableBlocks * $0.blockSize) } ?? "-"
    let time = Quantity.time(report.questions.now.wholeSecond).split(separator: " ")
    let cells = [
      Quantity.count(totals.objects), Self.signed(objectRate) { Quantity.fixed($0, 1) },
      Quantity.size(totals.diskBytes), Self.signed(diskRate) { Quantity.size(UInt64(rounding: $0)) },
      Quantity.count(report.statistics.graveyard.objects), available,
      Self.signed(culledRate) { Quantity.fixed($0, 1) }, Self.signed(refusedRate) { Quantity.fixed($0, 1) }, hitShare,
    ]
    return [([String(time[1])] + Self.shown(cells.map { $0.right(Self.width) }, style)).joined(separator: " ")]
  }

  private static func signed(_ rate: Double?, _ words: (Double) -> String) -> String {
    guard let rate else { return "-" }
    let text = words(abs(rate))
    return rate < 0 ? "-" + text : "+" + text
  }
}
