// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// `cachefiles stats diff`: what changed between two saved runs.
struct StatsDiff: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "What changed between two runs that 'stats --json' saved.",
    discussion: """
      Growth of the totals and of each volume, volumes that came and went, and where both runs have the kernel's \
      counts, its hits, culls and refusals in between. Churn is the least that must have come and gone: what some \
      volumes gained plus what others lost.

      \(ExitStatus.table)
      """)

  @Argument(help: ArgumentHelp("The earlier run.", valueName: "a.json"), completion: .file())
  var before: ByteArgument

  @Argument(help: ArgumentHelp("The later run.", valueName: "b.json"), completion: .file())
  var after: ByteArgument

  @OptionGroup var output: OutputOptions

  func run() throws {
    let output = Output(output)
    let view = StatisticsDiffView(
      before: try SavedStatistics.read(FilePath(bytes: before.bytes)),
      after: try SavedStatistics.read(FilePath(bytes: after.bytes)))
    output.render(view, command: "stats-diff")
    output.stream.flush()
  }
}

/// Two runs beside each other.
private struct StatisticsDiffView: Renderable {
  let before: SavedStatistics
  let after: SavedStatistics

  /// A volume in one run or both.
  private struct Change {
    var key: String
    var summary: String
    var before: SavedStatistics.Volume?
    var after: SavedStatistics.Volume?
    var objects: Int64 { (after?.objects ?? 0).subtractingClamped(before?.objects ?? 0) }
    var bytes: Int64 { (after?.diskBytes ?? 0).subtractingClamped(before?.diskBytes ?? 0) }
    var state: String { before == nil ? "new" : after == nil ? "gone" : "changed" }
  }

  private var changes: [Change] {
    let old = Dictionary(before.volumes.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    let new = Dictionary(after.volumes.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    return Set(old.keys).union(new.keys)
      .map { Change(key: $0, summary: (new[$0] ?? old[$0])?.summary ?? $0, before: old[$0], after: new[$0]) }
      .filter { $0.before == nil || $0.after == nil || $0.objects != 0 || $0.bytes != 0 }
      .sorted { left, right in
        let (first, second) = (left.bytes.magnitude, right.bytes.magnitude)
        return first == second ? left.key < right.key : first > second
      }
  }

  private var days: Double { after.time.days(since: before.time) }

  private var totals: [(name: String, before: Int64, after: Int64, isBytes: Bool)] {
    var rows: [(String, Int64, Int64, Bool)] = [
      ("volumes", before.totals.volumes, after.totals.volumes, false),
      ("objects", before.totals.objects, after.totals.objects, false),
      ("disk_bytes", before.totals.diskBytes, after.totals.diskBytes, true),
      ("file_bytes", before.totals.fileBytes, after.totals.fileBytes, true),
      ("legacy_objects", before.totals.legacyObjects, after.totals.legacyObjects, false),
      ("graveyard_entries", before.totals.graveyardEntries, after.totals.graveyardEntries, false),
      ("foreign_entries", before.totals.foreignEntries, after.totals.foreignEntries, false),
    ]
    let more: [(String, Int64?, Int64?, Bool)] = [
      ("object_bytes", before.totals.objectBytes, after.totals.objectBytes, true),
      ("dirty_objects", before.totals.dirtyObjects, after.totals.dirtyObjects, false),
      ("data_bytes", before.totals.dataBytes, after.totals.dataBytes, true),
      ("kernel_hits", before.kernel?.hits, after.kernel?.hits, false),
      ("kernel_misses", before.kernel?.misses, after.kernel?.misses, false),
      ("kernel_culled", before.kernel?.culled, after.kernel?.culled, false),
      (
        "kernel_refused_for_space", before.kernel?.refusedForSpace,
        after.kernel?.refusedForSpace, false
      ),
      (
        "kernel_cookies_made", before.kernel?.cookiesMade, after.kernel?.cookiesMade,
        false
      ),
    ]
    rows += more.compactMap { name, old, new, isBytes in
      guard let old, let new else { return nil }
      return (name, old, new, isBytes)
    }
    return rows
  }

  private var churn: (gained: Int64, lost: Int64) {
    changes.reduce(into: (0, 0)) { sum, change in
      if change.objects > 0 {
        sum.0 = sum.0.subtractingClamped(Int64(0).subtractingClamped(change.objects))
      } else {
        sum.1 = sum.1.subtractingClamped(change.objects)
      }
    }
  }

  func write(to json: inout JSONWriter) {
    json.text("root", after.root)
    json.text("before", before.root)
    json.text("after", after.root)
    json.nanoseconds("elapsed_ns", after.time - before.time)
    json.object("totals") { json in
      for row in totals {
        json.key(row.name)
        json.object { json in
          json.number("before", row.before)
          json.number("after", row.after)
          let change = row.after.subtractingClamped(row.before)
          json.number("change", change)
          if days > 0 { json.decimal("change_per_day", Double(change) / days) }
        }
      }
    }
    json.object("churn") { json in
      json.number("objects_gained", churn.gained)
      json.number("objects_lost", churn.lost)
    }
    json.array("volumes") { json in
      for change in changes {
        json.object { json in
          json.text("key", change.key)
          json.text("state", change.state)
          json.number("objects_change", change.objects)
          json.number("disk_bytes_change", change.bytes)
        }
      }
    }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    var lines: [String] = []
    if before.root != after.root { lines.append(style.warning("two directories: \(before.root) and \(after.root)")) }
    lines.append(
      after.time >= before.time
        ? "\(Quantity.span(after.time - before.time)) apart"
        : style.warning(
          "the second run is the earlier one, by \(Quantity.span(before.time - after.time))"))
    var table = Table([("", .left), ("BEFORE", .right), ("AFTER", .right), ("CHANGE", .right), ("A DAY", .right)])
    for row in totals where row.before != 0 || row.after != 0 {
      let change = row.after.subtractingClamped(row.before)
      let words: (Double) -> String = { Self.signed($0, row.isBytes) }
      table.add([
        row.name.split(separator: "_").joined(separator: " "), Self.plain(row.before, row.isBytes),
        Self.plain(row.after, row.isBytes), change == 0 ? "" : words(Double(change)),
        change == 0 || days < 1.0 / 24 ? "" : words(Double(change) / days),
      ])
    }
    lines += table.lines(style) { text, row, _ in row < 0 ? style.faint(text) : text }
    lines.append(
      "churn: at least \(Quantity.count(Int(churn.gained), "object")) gained, \(Quantity.count(Int(churn.lost))) lost")
    guard !changes.isEmpty else { return lines + ["no volume changed"] }
    var volumes = Table([("DISK", .right), ("OBJECTS", .right), ("", .left), ("VOLUME", .left)])
    for change in changes {
      volumes.add([
        Self.signed(Double(change.bytes), true), Self.signed(Double(change.objects), false),
        change.state == "changed" ? "" : change.state, verbose ? change.key : change.summary,
      ])
    }
    return lines + [""] + volumes.lines(style, isWhole: verbose) { text, row, _ in row < 0 ? style.faint(text) : text }
  }

  private static func plain(_ value: Int64, _ isBytes: Bool) -> String {
    isBytes ? Quantity.size(UInt64(max(0, value))) : Quantity.count(Int(value))
  }

  private static func signed(_ value: Double, _ isBytes: Bool) -> String {
    if value == 0 { return "0" }
    let size = abs(value)
    return (value < 0 ? "-" : "+")
      + (isBytes ? Quantity.size(UInt64(rounding: size)) : Quantity.count(Int(Int64(rounding: size))))
  }
}
