// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// The disk usage of a cache in groups, as text and JSON.
struct UsageView: Renderable {
  let report: StatisticsReport
  let groups: UsageGroups
  /// Whether lengths count, not what is allocated.
  let isApparent: Bool
  /// Whether to print all groups, also on a terminal that has no room for them.
  var hasAllGroups = false

  func write(to json: inout JSONWriter) {
    json.root(report.root)
    if let live = report.liveness.isLive { json.bool("live", live) } else { json.null("live") }
    if report.isInterrupted { json.bool("complete", false) }
    report.daemon?.write(to: &json)
    json.text("by", groups.kind.rawValue)
    TotalsView(report: report).write(to: &json)
    json.array("groups") { json in
      for group in groups.groups {
        json.object { json in
          group.label.write(to: &json)
          json.number("objects", group.tally.objects)
          json.number("disk_bytes", group.tally.diskBytes)
          json.number("file_bytes", group.tally.fileBytes)
          TotalsView.write(group.tally, report.questions, to: &json)
          if let time = group.tally.oldestAccess { json.nanoseconds("oldest_ns", time) }
          if let time = group.tally.newestAccess { json.nanoseconds("newest_ns", time) }
        }
      }
    }
    CachedTwiceView(report: report).write(to: &json)
    TopView(report: report).write(to: &json)
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    let totals = report.statistics.totals
    let whole = isApparent ? totals.fileBytes : totals.diskBytes
    var lines = [
      style.strong(EscapedBytes.string(report.root)),
      "  \(Quantity.size(totals.diskBytes)) on disk, \(Quantity.count(totals.objects, "object")) in "
        + "\(Quantity.count(report.volumes.count, "volume"))"
        + (report.liveness == .live ? ", in use by the kernel\(report.daemon.words)" : ""),
      "",
    ]
    var table = Table(columns)
    let now = report.questions.now
    let barWidth = style.columns.map { $0 < 72 ? 4 : 10 } ?? 10
    let most = groups.groups.map(measure).max() ?? 0
    let shown = style.limit(groups.groups.count, all: hasAllGroups || verbose)
    for group in groups.groups.prefix(shown) {
      table.add(cells(group, most: most, whole: whole, now: now, barWidth, verbose: verbose))
    }
    table.add(total(totals, whole: whole))
    let last = shown
    lines += table.lines(style, isWhole: verbose) { text, row, column in
      if row < 0 { return style.faint(text) }
      if row == last { return style.strong(text) }
      return column == 2 ? style.drawing(text) : text
    }
    if shown < groups.groups.count {
      lines.append(style.faint("… \(Quantity.count(groups.groups.count - shown)) more (--all)"))
    }
    lines += CachedTwiceView(report: report).lines(style)
    lines += TopView(report: report).lines(style, verbose: verbose)
    if report.errors > 0 {
      lines.append(style.bad("\(Quantity.count(report.errors, "error")): these figures are incomplete"))
    }
    if report.isInterrupted { lines.append(style.bad("interrupted: these figures are incomplete")) }
    return lines
  }

  private func measure(_ group: UsageGroups.Group) -> UInt64 {
    isApparent ? group.tally.fileBytes : group.tally.diskBytes
  }

  private var columns: [(String, Table.Side)] {
    var columns: [(String, Table.Side)] = [
      (isApparent ? "SIZE" : "DISK", .right), ("SHARE", .right), ("", .left), ("OBJECTS", .right),
    ]
    if report.questions.records { columns += [("FILE SIZE", .right), ("DIRTY", .right)] }
    if report.questions.extents { columns += [("DATA", .right), ("RUNS", .right)] }
    if report.questions.records { columns.append(("CACHED", .right)) }
    return columns + [("LAST USED", .right), (groups.kind.rawValue.uppercased(), .left)]
  }

  private func cells(
    _ group: UsageGroups.Group, most: UInt64, whole: UInt64, now: Timestamp, _ barWidth: Int, verbose: Bool
  ) -> [String] {
    let tally = group.tally
    let bytes = measure(group)
    var name = group.label.words
    if verbose, case .volume(_, let key) = group.label { name = EscapedBytes.string(key) }
    return [
      Quantity.size(bytes), Quantity.percent(Double(bytes) / Double(max(1, whole))),
      Bar.share(Double(bytes) / Double(max(1, most)), width: barWidth),
      tally.objects > 0 ? Quantity.count(tally.objects) : "",
    ] + answers(tally) + [tally.newestAccess.map { Quantity.age($0, now: now) } ?? "", name]
  }

  private func total(_ totals: Tally, whole: UInt64) -> [String] {
    [Quantity.size(whole), "", "", Quantity.count(totals.objects)] + answers(totals) + ["", "total"]
  }

  private func answers(_ tally: Tally) -> [String] {
    let questions = report.questions
    var cells: [String] = []
    let has = tally.objects > 0
    if questions.records {
      cells += has ? [Quantity.size(tally.objectBytes), Quantity.count(tally.dirtyObjects)] : ["", ""]
    }
    if questions.extents {
      cells += has ? [Quantity.size(tally.dataBytes), Quantity.count(tally.extents)] : ["", ""]
    }
    if questions.records {
      cells.append(tally.cachedShare(hasExtents: questions.extents).map { Quantity.percent($0) } ?? "")
    }
    return cells
  }
}

extension UsageGroups.Label {
  /// Writes what the group holds.
  func write(to json: inout JSONWriter) {
    switch self {
    case .netfs(let type): json.text("type", type.rawValue)
    case .server(let type, let server):
      json.text("type", type.rawValue)
      if let server { json.text("server", server) } else { json.null("server") }
    case .volume(let type, let key):
      json.bytes("key", key)
      json.text("type", type.rawValue)
    case .fanout(let fanout): json.bytes("fanout", fanout.directoryName)
    case .age, .size: writeLimits(to: &json)
    case .encoding(let name): json.text("encoding", name)
    case .path(let path): json.bytes("path", path)
    case .unfound(let type, let key):
      json.text("rest", "unfound")
      json.bytes("key", key)
      json.text("type", type.rawValue)
    case .legacy: json.text("rest", "legacy")
    case .graveyard: json.text("rest", "graveyard")
    case .foreign: json.text("rest", "foreign")
    case .directories: json.text("rest", "directories")
    }
    json.text("summary", words)
    // The old name of the same.
    json.text("name", words)
  }

  /// Writes the limits of a class of ages or lengths.
  func writeLimits(to json: inout JSONWriter) {
    switch self {
    case .age(let above, let upTo):
      if let above { json.number("above_seconds", above) }
      if let upTo { json.number("up_to_seconds", upTo) }
    case .size(let above, let upTo):
      if let above { json.number("above_bytes", above) }
      if let upTo { json.number("up_to_bytes", upTo) }
    default: break
    }
  }

  /// The label in words, bytes from disks escaped.
  var words: String {
    switch self {
    case .netfs(let type): type.rawValue
    case .server(let type, let server): "\(type.rawValue)  \(server ?? "server not in the key")"
    case .volume(_, let key): NetfsVolume(volumeKey: key.span, byteOrder: .host).summary
    case .fanout(let fanout): EscapedBytes.string(fanout.directoryName)
    case .age(let above, let upTo): Self.age(above, upTo)
    case .size(let above, let upTo): Self.size(above, upTo)
    case .encoding(let name): name == "other" ? "no encoding" : name
    case .path(let path): EscapedBytes.string(path)
    case .unfound(_, let key): "not found: " + NetfsVolume(volumeKey: key.span, byteOrder: .host).summary
    case .legacy: "layout before Linux 5.17"
    case .graveyard: "graveyard"
    case .foreign: "foreign entries"
    case .directories: "directories"
    }
  }

  private static func age(_ above: Int64?, _ upTo: Int64?) -> String {
    guard let above else { return "in the future" }
    guard let upTo else { return "more than \(span(above))" }
    return "up to \(span(upTo))"
  }

  private static func span(_ seconds: Int64) -> String {
    switch seconds {
    case ..<86400: Quantity.count(Int(seconds / 3600), "hour")
    case 365 * 86400: "1 year"
    default: Quantity.count(Int(seconds / 86400), "day")
    }
  }

  private static func size(_ above: UInt64?, _ upTo: UInt64?) -> String {
    guard above != nil else { return "empty" }
    guard let upTo else { return "more than \(Quantity.round(above ?? 0))" }
    return "up to \(Quantity.round(upTo))"
  }
}
