// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO

/// What the records of a cache tell of the days to come, and no more than that.
package struct Forecast: Sendable, Equatable {
  /// When culling begins.
  package enum Culling: Sendable, Equatable {
    /// The records do not tell, for this reason.
    case unknown(String)
    /// It goes on, or went on at the time of the last record.
    case ongoing
    /// What is available does not shrink.
    case notForeseen
    /// In so many days from the last record, at the earliest, at the middle rate, and at the latest; nil where that is
    /// further off than ``horizon``, or does not come at all.
    case expected(earliest: Double, likely: Double?, latest: Double?)
    /// Not within ``horizon``.
    case beyondHorizon
  }

  /// How large a cache for some days of use must be.
  package enum Size: Sendable, Equatable {
    /// The records do not tell, for this reason; the cache held less than so many days, and this many bytes.
    case unknown(String, atLeast: UInt64)
    /// In bytes: what that many days took in the leanest record and in the fullest.
    case told(ClosedRange<UInt64>, records: Int)
  }

  /// Fewer records tell nothing.
  package static let fewestRecords = 3
  /// A shorter span of records tells nothing, in days: three nights, the last of them a little early.
  package static let shortestSpan = 1.5
  /// Nothing is told of more days to come than the records cover, times this.
  package static let reach = 3.0

  /// The records, in the order of time.
  package let records: [HistoryRecord]
  /// Those from which the rate is told: since the last culling, and since the file system has had its size.
  package let current: ArraySlice<HistoryRecord>
  /// How fast the available bytes change in a day.
  package let rate: Trend?
  /// When culling begins.
  package let culling: Culling
  /// Whether that is for want of files, not of bytes.
  package let isForFiles: Bool

  /// A forecast from the records of one cache, in any order.
  package init(_ records: [HistoryRecord]) {
    let sorted = records.sorted { $0.time < $1.time }
    let current = Self.sinceLastBreak(sorted)
    self.records = sorted
    self.current = current
    rate = current.count < 2 ? nil : Self.trend(current, \.space)
    let outlook = Self.culling(sorted, current)
    (culling, isForFiles) = outlook
  }

  /// Days from the first of the current records to the last.
  package var span: Double { Self.span(current) }
  /// Days ahead of which something may be told.
  package var horizon: Double { span * Self.reach }

  private static func span(_ records: ArraySlice<HistoryRecord>) -> Double {
    guard let first = records.first, let last = records.last else { return 0 }
    return last.time.days(since: first.time)
  }

  /// Whether culling was under way at a record, or between it and the one before.
  private static func culls(_ record: HistoryRecord, after before: HistoryRecord?) -> Bool {
    if [record.space, record.files].contains(where: { $0.map { $0.total > 0 && $0.available < $0.cull } ?? false }) {
      return true
    }
    guard let old = before?.culled, let new = record.culled else { return false }
    // The kernel counts from 0 again when its modules are loaded: what a lower number counts was culled since.
    return new > old || new < old && new > 0
  }

  /// So many days may lie between two records, or ten times the middle distance, if that is more: behind a longer pause the records begin
  /// anew. One of a machine whose clock was wrong is far from all others.
  private static let longestPause = 30.0

  private static func longestPause(in records: [HistoryRecord]) -> Double {
    let pauses = zip(records.dropFirst(), records).map { $0.time.days(since: $1.time) }.sorted()
    return pauses.isEmpty ? longestPause : max(longestPause, 10 * pauses[(pauses.count - 1) / 2])
  }

  /// The records after the last one that saw culling, and of a file system of one size with the same limits, without a long pause.
  private static func sinceLastBreak(_ records: [HistoryRecord]) -> ArraySlice<HistoryRecord> {
    var start = records.count
    let longest = longestPause(in: records)
    while start > 0 {
      let record = records[start - 1]
      if start < records.count {
        let next = records[start]
        if next.time.days(since: record.time) > longest { break }
        if next.space?.total != record.space?.total || next.space?.cull != record.space?.cull { break }
        if culls(next, after: record) || culls(record, after: nil) { break }
      }
      start -= 1
    }
    return records[start...]
  }

  private static func trend(
    _ records: ArraySlice<HistoryRecord>, _ room: KeyPath<HistoryRecord, HistoryRecord.Room?>
  ) -> Trend? {
    guard let last = records.last else { return nil }
    return Trend(
      records.compactMap { record in
        record[keyPath: room].map {
          Trend.Point(
            time: record.time.days(since: last.time), value: Double($0.available))
        }
      })
  }

  private static func culling(
    _ all: [HistoryRecord], _ current: ArraySlice<HistoryRecord>
  ) -> (Culling, isForFiles: Bool) {
    guard let last = all.last else { return (.unknown("there are no records"), false) }
    if culls(last, after: all.dropLast().last) { return (.ongoing, false) }
    guard last.space != nil else { return (.unknown("the last record does not tell how much is free"), false) }
    if let reason = shortage(current, isAll: current.count == all.count) { return (.unknown(reason), false) }
    let bytes = outlook(current, \.space)
    guard let total = last.files?.total, total > 0 else { return (bytes, false) }
    let files = outlook(current, \.files)
    return comesBefore(files, bytes) ? (files, true) : (bytes, false)
  }

  /// Why records are too few, nil where they are not.
  private static func shortage(_ records: ArraySlice<HistoryRecord>, isAll: Bool) -> String? {
    let since = isAll ? "" : " since the last culling, long pause, or change of the file system"
    if records.count < fewestRecords {
      let number = records.count == 1 ? "1 record" : "\(records.count) records"
      return "\(number)\(since): it takes \(fewestRecords)"
    }
    if span(records) < shortestSpan {
      return "the records\(since) cover less than a day and a half: it takes three nights"
    }
    return nil
  }

  private static func outlook(
    _ records: ArraySlice<HistoryRecord>, _ room: KeyPath<HistoryRecord, HistoryRecord.Room?>
  ) -> Culling {
    guard let trend = trend(records, room), let last = records.last?[keyPath: room] else {
      return .unknown("the records do not tell how much is free")
    }
    let left = Double(last.available) - Double(last.cull)
    let horizon = span(records) * reach
    func days(_ slope: Double) -> Double? {
      guard slope < 0 else { return nil }
      let days = left / -slope
      return days <= horizon ? days : nil
    }
    guard trend.range.lowerBound < 0 else { return .notForeseen }
    guard let earliest = days(trend.range.lowerBound) else { return .beyondHorizon }
    return .expected(earliest: earliest, likely: days(trend.slope), latest: days(trend.range.upperBound))
  }

  private static func comesBefore(_ left: Culling, _ right: Culling) -> Bool {
    func order(_ culling: Culling) -> (Double, Double) {
      guard case .expected(let earliest, let likely, _) = culling else { return (.infinity, .infinity) }
      return (likely ?? .infinity, earliest)
    }
    return order(left) < order(right)
  }
}
