// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// A forecast as text and JSON.
struct ForecastView: Renderable {
  let forecast: Forecast
  private let days: [Int]
  private let isAsked: Bool
  /// Records that were left out because a clock was wrong.
  private let misdated: Int

  /// - Parameters:
  ///   - days: for how many days to tell the size of a cache; those of which the records tell, when empty.
  ///   - misdated: how many records were left out because a clock was wrong.
  init(forecast: Forecast, days: [Int], misdated: Int = 0) {
    self.forecast = forecast
    self.misdated = misdated
    isAsked = !days.isEmpty
    self.days = isAsked ? days : [1, 7, 30, 90, 365]
  }

  /// Whether everything that was asked can be told; without a question, whether anything can.
  var canTell: Bool {
    let sizes = days.map { isTold(forecast.size(days: $0)) }
    if isAsked { return sizes.allSatisfy(\.self) }
    if case .unknown = forecast.culling { return sizes.contains(true) }
    return true
  }

  private func isTold(_ size: Forecast.Size) -> Bool {
    if case .told = size { true } else { false }
  }

  // MARK: JSON

  func write(to json: inout JSONWriter) {
    json.number("records", forecast.records.count)
    json.number("records_misdated", misdated)
    if let first = forecast.records.first { json.nanoseconds("first_ns", first.time) }
    if let last = forecast.records.last {
      json.text("root", String(decoding: last.root, as: UTF8.self))
      json.nanoseconds("last_ns", last.time)
    }
    json.number("records_used", forecast.current.count)
    json.decimal("span_days", forecast.span)
    json.decimal("horizon_days", forecast.horizon)
    json.object("culling") { writeCulling(to: &$0) }
    json.array("sizes") { json in
      for days in days { json.object { write(forecast.size(days: days), days, to: &$0) } }
    }
  }

  private func writeCulling(to json: inout JSONWriter) {
    json.text("state", state)
    switch forecast.culling {
    case .unknown(let reason): json.text("reason", reason)
    case .ongoing, .notForeseen, .beyondHorizon: break
    case .expected(let earliest, let likely, let latest):
      json.text("of", forecast.isForFiles ? "files" : "bytes")
      json.decimal("earliest_days", earliest)
      if let likely { json.decimal("likely_days", likely) } else { json.null("likely_days") }
      if let latest { json.decimal("latest_days", latest) } else { json.null("latest_days") }
    }
    guard let rate = forecast.rate, tellsRate else { return }
    json.object("available_bytes_per_day") { json in
      json.decimal("likely", rate.slope)
      json.decimal("least", rate.range.lowerBound)
      json.decimal("most", rate.range.upperBound)
    }
  }

  private var state: String {
    switch forecast.culling {
    case .unknown: "unknown"
    case .ongoing: "ongoing"
    case .notForeseen: "not_foreseen"
    case .beyondHorizon: "beyond_horizon"
    case .expected: "expected"
    }
  }

  private func write(_ size: Forecast.Size, _ days: Int, to json: inout JSONWriter) {
    json.number("days", days)
    switch size {
    case .unknown(let reason, let atLeast):
      json.text("reason", reason)
      json.number("more_than_bytes", atLeast)
    case .told(let range, let records):
      json.number("least_bytes", range.lowerBound)
      json.number("most_bytes", range.upperBound)
      json.number("records", records)
      if let whole = fileSystem(for: range.upperBound) { json.number("file_system_bytes", whole) }
    }
  }

  // MARK: Text

  /// The rate is that of records between which nothing was culled.
  private var tellsRate: Bool {
    switch forecast.culling {
    case .unknown, .ongoing: false
    case .notForeseen, .beyondHorizon, .expected: true
    }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    guard let last = forecast.records.last, let first = forecast.records.first else {
      return ["cannot tell: there are no records"]
    }
    var lines = [style.strong(String(decoding: last.root, as: UTF8.self))]
    let some =
      forecast.current.count < forecast.records.count ? ", the last \(forecast.current.count) of them used" : ""
    lines.append(
      "  records      \(Quantity.count(forecast.records.count)) from \(Self.day(first.time)) to \(Self.day(last.time))\(some)"
    )
    if misdated > 0 {
      lines.append(
        "               \(Quantity.count(misdated, "more record")) left out, whose times lie ahead, or are not in the order in which they were written: a clock was wrong"
      )
    }
    if tellsRate, let rate = forecast.rate { lines.append("  free space   \(words(rate))") }
    lines.append("  culling      \(culling(last.time))")
    return lines + [""] + table(style)
  }

  private func words(_ rate: Trend) -> String {
    "\(Self.signed(rate.slope)) a day (\(Self.signed(rate.range.lowerBound)) to \(Self.signed(rate.range.upperBound)))"
  }

  private func culling(_ now: Timestamp) -> String {
    let horizon = Int(forecast.horizon)
    switch forecast.culling {
    case .unknown(let reason): return "cannot tell: \(reason)"
    case .ongoing: return "has begun: objects were culled, or less was free than the limit, at the last record"
    case .notForeseen: return "not foreseen: free space does not shrink"
    case .beyondHorizon:
      return "not within \(horizon) days; the records cover too little to tell more"
    case .expected(let earliest, let likely, let latest):
      let cause = forecast.isForFiles ? ", for want of files" : ""
      guard let likely else {
        return
          "not before \(Self.moment(earliest, now)); whether it begins within \(horizon) days the records do not tell\(cause)"
      }
      let end = latest.map { "and at the latest \(Self.moment($0, now))" } ?? "or later than \(horizon) days, if at all"
      return "begins \(Self.moment(likely, now))\(cause); at the earliest \(Self.moment(earliest, now)), \(end)"
    }
  }

  private func table(_ style: Style) -> [String] {
    var table = Table([
      ("TO HOLD USE OF", .right), ("A CACHE OF", .right), ("ON A FILE SYSTEM OF ITS OWN OF", .right), ("", .left),
    ])
    for days in days {
      let title = days == 1 ? "1 day" : "\(days) days"
      switch forecast.size(days: days) {
      case .told(let range, let records):
        let (least, most) = (Quantity.size(range.lowerBound), Quantity.size(range.upperBound))
        table.add([
          title, least == most ? most : "\(least) to \(most)",
          fileSystem(for: range.upperBound).map { Quantity.size($0) } ?? "-", "\(Quantity.count(records, "record"))",
        ])
      case .unknown(let reason, let atLeast):
        table.add([title, atLeast == 0 ? "-" : "more than \(Quantity.size(atLeast))", "-", "cannot tell: \(reason)"])
      }
    }
    return table.lines(style) { text, row, _ in row < 0 ? style.faint(text) : text }
  }

  /// The bytes of a file system on which culling leaves a cache of a size alone: it ends where the share `run` is free.
  private func fileSystem(for size: UInt64) -> UInt64? {
    guard let space = forecast.records.last?.space, space.total > 0, space.run < space.total else { return nil }
    return UInt64(rounding: Double(size) / (1 - Double(space.run) / Double(space.total)))
  }

  private static func day(_ time: Timestamp) -> String { String(Quantity.time(time).prefix(10)) }

  private static func moment(_ days: Double, _ now: Timestamp) -> String {
    let time = now + .seconds(days * 86_400)
    return "in \(Quantity.fixed(days, days < 10 ? 1 : 0)) days (\(day(time)))"
  }

  private static func signed(_ value: Double) -> String {
    (value < 0 ? "-" : "+") + Quantity.size(UInt64(rounding: abs(value)))
  }
}
