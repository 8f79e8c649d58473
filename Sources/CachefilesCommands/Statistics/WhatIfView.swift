// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// What caches of other sizes would hold of this one, and what a cull to each size, or to the configured limits, would
/// remove. Nothing without an age curve.
struct WhatIfView {
  let report: StatisticsReport
  /// The sizes in bytes; without any, shares of what there is.
  let sizes: [UInt64]

  /// The sizes that are told: those that were asked about, or a tenth, a quarter, a half, three quarters and all, and
  /// what is left when the kernel's own culling ends.
  private func parts(_ curve: AgeCurve) -> [(part: AgeCurve.Part, isGoal: Bool)] {
    let total = curve.total.bytes
    let wanted = sizes.isEmpty ? [10, 25, 50, 75, 100].map { total / 100 * $0 + total % 100 * $0 / 100 } : sizes
    var parts = wanted.map { (curve.part(within: $0), false) }
    if let limits = report.limits, let fileSystem = report.fileSystem, limits.brun > fileSystem.availableBlocks {
      let need = (limits.brun - fileSystem.availableBlocks).multipliedClamped(by: fileSystem.blockSize)
      parts.append((curve.part(within: total > need ? total - need : 0), true))
    }
    return parts
  }

  func write(to json: inout JSONWriter) {
    guard let curve = report.ageCurve else { return }
    json.array("what_if") { json in
      for (part, isGoal) in parts(curve) {
        json.object { json in
          json.number("size_bytes", part.size)
          if isGoal { json.text("goal", "brun") }
          json.number("kept_objects", part.kept.objects)
          json.number("kept_bytes", part.kept.bytes)
          json.number("removed_objects", part.removed.objects)
          json.number("removed_bytes", part.removed.bytes)
          if let since = part.since { json.nanoseconds("since_ns", since) } else { json.null("since_ns") }
          if let since = part.since { json.decimal("days", Self.days(since, report.questions.now)) }
          // Nothing had to go for it: it held that many days, and perhaps more.
          json.bool("at_least", part.removed.objects == 0 && part.kept.objects > 0)
        }
      }
    }
  }

  static func days(_ since: Timestamp, _ now: Timestamp) -> Double { max(0, now.days(since: since)) }

  func lines(_ style: Style) -> [String] {
    guard report.ageCurve != nil else { return [] }
    var table = Table([
      ("A CACHE OF", .right), ("HOLDS USE OF", .right), ("KEEPS", .right), ("A CULL TO IT REMOVES", .right),
    ])
    for row in rows { table.add(row) }
    return [""] + table.lines(style) { text, row, _ in row < 0 ? style.faint(text) : text }
      + style.folded("(\(caution))", indent: 0).map(style.faint)
  }

  /// What the figures cannot tell.
  var caution: String {
    var text = "by the last use of what is here now; a larger cache would also hold what has been culled before"
    if report.fileSystem?.hasNoAccessTimes == true { text += "; mounted with noatime: \(UseNote.noAccessTimes)" }
    let legacy = report.statistics.legacy.objects
    if legacy > 0 {
      text += "; without \(Quantity.count(legacy, "object")) of the old layout, which a cull leaves alone"
    }
    return text
  }

  /// The cells of the table.
  var rows: [[String]] {
    guard let curve = report.ageCurve else { return [] }
    return parts(curve).map { part, isGoal in
      let days = part.since.map { Self.days($0, report.questions.now) }
      let all = part.removed.objects == 0 && part.kept.objects > 0
      return [
        Quantity.size(part.size) + (isGoal ? " (brun)" : ""),
        days.map { (all ? "at least " : "") + "\(Quantity.fixed($0, 1)) days" } ?? "nothing",
        Quantity.count(part.kept.objects, "object"),
        all ? "nothing" : "\(Quantity.count(part.removed.objects, "object")), \(Quantity.size(part.removed.bytes))",
      ]
    }
  }
}
