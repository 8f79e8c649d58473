// SPDX-License-Identifier: Apache-2.0
#if DEBUG || Fuzzing
  import CachefilesFormat
  import CachefilesSurvey
  import FoundationEssentials
  import LinuxIO

  @testable import CachefilesCommands

  /// Lines of a history, and what is told from them.
  enum HistoryChecks {
    static func check(_ input: [UInt8]) throws {
      let records = input.split(separator: 10, maxSplits: 20).compactMap { HistoryLine(Array($0))?.record }
      for record in records { try written(record) }
      try forecast(records)
      try saved(input)
    }

    private static func written(_ record: HistoryRecord) throws {
      let line = HistoryLine(record).bytes
      try JSONText.check(line)
      guard var again = HistoryLine(Array(line.dropLast()))?.record else {
        throw Violation("a record that is not read again", #fileID, #line)
      }
      // The root is kept as it stands in the line, escaped once more.
      try hold(EscapedBytes.unescape(again.root.span) == record.root, "another root")
      again.root = record.root
      // What is written is of this machine.
      try hold(again.host == Array(EscapedBytes.string(MachineName.current).utf8), "another machine")
      again.host = record.host
      try hold(again == record, "another record: \(String(decoding: line, as: UTF8.self))")
      try hold(record.daysHeld >= 0, "\(record.daysHeld) days held")
    }

    private static func forecast(_ records: [HistoryRecord]) throws {
      let forecast = Forecast(records)
      try hold(forecast.records.count == records.count && forecast.current.count <= records.count, "records are lost")
      if case .expected(let earliest, let likely, let latest) = forecast.culling {
        let days = [earliest, likely, latest].compactMap { $0 }
        try hold(days.allSatisfy { $0.isFinite && $0 >= 0 } && days == days.sorted(), "culling in \(days)")
      }
      let believed = HistoryOrder.withoutWrongClocks(records, now: .distantFuture)
      try hold(believed.isEmpty == records.isEmpty && believed.count <= records.count, "records come from nowhere")
      try hold(zip(believed, believed.dropFirst()).allSatisfy { $0.time <= $1.time }, "records out of order")
      let view = ForecastView(forecast: forecast, days: [1, 30, 36500])
      for verbose in [false, true] {
        for line in view.lines(Style(isOn: false), verbose: verbose) { try Fields.printable(line) }
      }
      var json = JSONWriter(pretty: true)
      json.object { view.write(to: &$0) }
      try JSONText.check(json.bytes)
    }

    private static func saved(_ input: [UInt8]) throws {
      guard let saved = try MemoryFile.with(input, { _, path in try? SavedStatistics.read(path) }) else { return }
      try hold(saved.schema == "cachefiles.stats/1", "another schema")
      _ = (saved.totals.objectBytes, saved.totals.dataBytes)
    }
  }
#endif
