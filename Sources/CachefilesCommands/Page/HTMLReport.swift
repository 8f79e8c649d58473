// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// A report as one web page that needs nothing else: no network, no script.
struct HTMLReport {
  /// The page.
  let text: [UInt8]

  init(_ report: StatisticsReport, sizes: [UInt64]) {
    var page = HTMLText()
    let title = "Cache \(EscapedBytes.string(report.root))"
    page.markup("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
    page.markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
    page.element("title", title)
    page.markup("<style>\n\(Self.style)</style>\n</head>\n")
    page.element("body") { page in
      page.element("main") { page in
        page.element("h1", title)
        Self.addHeading(report, to: &page)
        Self.addLimits(report, to: &page)
        Self.addVolumes(report, to: &page)
        Self.addClasses(report, to: &page)
        Self.addFanouts(report, to: &page)
        Self.addAges(report, sizes, to: &page)
        Self.addKernel(report, to: &page)
        page.element("footer", "cachefiles-toolkit \(Version.number)\(Version.suffix)")
      }
    }
    page.markup("</html>\n")
    text = page.bytes
  }

  private static func addHeading(_ report: StatisticsReport, to page: inout HTMLText) {
    let (statistics, totals) = (report.statistics, report.statistics.totals)
    page.element(
      "p",
      "\(EscapedBytes.string(MachineName.current)), \(Quantity.time(report.questions.now.wholeSecond)), "
        + report.liveness.description)
    if report.errors > 0 {
      page.element(
        "p", class: "bad", "\(Quantity.count(report.errors)) entries could not be read: the figures are incomplete.")
    }
    if report.isInterrupted {
      page.element("p", class: "bad", "The scan was interrupted: the figures are incomplete.")
    }
    var figures = [
      (Quantity.size(totals.diskBytes), "on disk"), (Quantity.count(totals.objects), "objects"),
      (Quantity.count(report.volumes.count), "volumes"),
      (Quantity.count(statistics.graveyard.objects), "entries in the graveyard"),
    ]
    if let unreachable = report.unreachable {
      figures.append((Quantity.count(unreachable), "objects no kernel will find"))
    }
    if statistics.legacy.objects > 0 {
      figures.append((Quantity.count(statistics.legacy.objects), "of the old layout"))
    }
    if report.questions.records {
      figures.append((Quantity.size(totals.objectBytes), "on the servers"))
      figures.append((Quantity.count(totals.dirtyObjects), "dirty objects"))
    }
    if report.questions.extents { figures.append((Quantity.size(totals.dataBytes), "of data")) }
    page.element("div", class: "figures") { page in
      for (figure, words) in figures {
        page.element("div") { page in
          page.element("b", figure)
          page.element("span", words)
        }
      }
    }
  }

  private static func addLimits(_ report: StatisticsReport, to page: inout HTMLText) {
    let facts = LimitsView(report: report, hasBars: false).facts
    guard !facts.isEmpty else { return }
    page.element("h2", "How far from culling")
    page.table(["", ""], left: 2, facts.map { [$0.0, $0.1] })
  }

  private static func addVolumes(_ report: StatisticsReport, to page: inout HTMLText) {
    page.element("h2", "Volumes")
    guard !report.volumes.isEmpty else { return page.element("p", "None.") }
    let shown = report.volumes.prefix(25)
    page.markup(
      HTMLDrawing.bars(
        "Allocated bytes by volume",
        shown.map { volume in
          HTMLDrawing.Row(
            label: summary(volume), value: Double(volume.tally.diskBytes),
            words: "\(Quantity.size(volume.tally.diskBytes)), \(Quantity.count(volume.tally.objects, "object"))")
        }))
    if report.volumes.count > shown.count {
      page.element("p", "The \(shown.count) largest of \(Quantity.count(report.volumes.count)).")
    }
    page.element("details") { page in
      page.element("summary", "All volumes as a table")
      page.table(
        ["Volume", "Key", "Disk", "Size", "Objects", "Last used"], left: 2,
        report.volumes.map { volume in
          [
            summary(volume), EscapedBytes.string(volume.key), Quantity.size(volume.tally.diskBytes),
            Quantity.size(volume.tally.fileBytes), Quantity.count(volume.tally.objects),
            volume.tally.newestAccess.map { Quantity.age($0, now: report.questions.now) } ?? "-",
          ]
        })
    }
  }

  private static func summary(_ volume: StatisticsReport.Volume) -> String {
    NetfsVolume(volumeKey: volume.key.span, byteOrder: .host).summary
  }

  private static func addClasses(_ report: StatisticsReport, to page: inout HTMLText) {
    let distributions = report.statistics.distributions
    for (title, kind) in [("Sizes", UsageGroups.Kind.size), ("Last used", .age)] {
      let classes = UsageGroups.classes(distributions, kind)
      guard let first = classes.firstIndex(where: { $0.tally.objects > 0 }),
        let last = classes.lastIndex(where: { $0.tally.objects > 0 })
      else { continue }
      page.element("h2", title)
      page.markup(
        HTMLDrawing.bars(
          "Objects: \(title.lowercased())",
          classes[first...last].map { group in
            HTMLDrawing.Row(
              label: group.label.words, value: Double(group.tally.objects),
              words: "\(Quantity.count(group.tally.objects, "object")), \(Quantity.size(group.tally.diskBytes))")
          }))
    }
  }

  private static func addFanouts(_ report: StatisticsReport, to page: inout HTMLText) {
    let view = DistributionView(report: report)
    page.element("h2", "Fanout directories")
    page.element("p", view.verdict)
    page.markup(
      HTMLDrawing.map("Objects by fanout directory", report.statistics.distributions.fanouts.map(\.objects)))
    page.element("details") { page in
      page.element("summary", "As a table")
      let rows = (0..<16).map { line in
        let counts = report.statistics.distributions.fanouts[line * 16..<line * 16 + 16]
        return ["@\(String(line, radix: 16))"] + counts.map { Quantity.count($0.objects) }
      }
      page.table([""] + (0..<16).map { String($0, radix: 16) }, rows)
    }
  }

  private static func addAges(_ report: StatisticsReport, _ sizes: [UInt64], to page: inout HTMLText) {
    guard let curve = report.ageCurve, curve.total.bytes > 0 else { return }
    page.element("h2", "What a smaller cache would hold")
    let now = report.questions.now
    let total = curve.total.bytes
    let parts = (0...50).map { curve.part(within: total / 50 * UInt64($0) + total % 50 * UInt64($0) / 50) }
    let days = parts.map { WhatIfView.days($0.since ?? now, now) }
    let longest = max(days.max() ?? 0, 1e-9)
    page.markup(
      HTMLDrawing.curve(
        "Days of use that a cache of a size would hold",
        zip(parts, days).map { (Double($0.size) / Double(total), $1 / longest) },
        horizontal: ("a cache of 0 B", Quantity.size(total)),
        vertical: ("0 days", "\(Quantity.fixed(longest, 1)) days")))
    let view = WhatIfView(report: report, sizes: sizes)
    page.table(["A cache of", "Holds use of", "Keeps", "A cull to it removes"], view.rows)
    page.element("p", view.caution)
  }

  private static func addKernel(_ report: StatisticsReport, to page: inout HTMLText) {
    let facts = KernelSideView(report: report).facts
    guard !facts.isEmpty else { return }
    page.element("h2", "The kernel")
    page.table(["", ""], left: 2, facts.map { [$0.0, $0.1] })
  }

  private static let style = """
    :root { color-scheme: light dark; --ink: #1b1f24; --faint: #5c6672; --ground: #ffffff; --panel: #f3f5f7; --bar: #1f6f8b; --bad: #b3261e; }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #e4e8ec; --faint: #9aa5b1; --ground: #14181d; --panel: #1e242b; --bar: #5bb8d4; --bad: #ff8a80; }
    }
    body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
    main { max-width: 940px; margin: 0 auto; padding: 24px 16px 48px; }
    h1 { font-size: 22px; overflow-wrap: anywhere; }
    h2 { font-size: 17px; margin: 36px 0 10px; }
    footer { margin-top: 40px; color: var(--faint); font-size: 13px; }
    .bad { color: var(--bad); font-weight: 600; }
    .figures { display: flex; flex-wrap: wrap; gap: 10px; }
    .figures div { background: var(--panel); border-radius: 6px; padding: 10px 16px; }
    .figures b { display: block; font-size: 20px; font-variant-numeric: tabular-nums; }
    .figures span { color: var(--faint); font-size: 13px; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; font-size: 14px; margin: 8px 0; }
    th { text-align: left; color: var(--faint); font-weight: 500; }
    th, td { padding: 3px 14px 3px 0; vertical-align: top; overflow-wrap: anywhere; }
    .scroll th, .scroll td { overflow-wrap: normal; }
    .n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
    .bars { width: 100%; table-layout: fixed; }
    .bars caption { text-align: left; color: var(--faint); font-size: 13px; }
    .bars th { width: 32%; padding: 3px 10px 3px 0; color: var(--ink); font-weight: 400; text-align: right; overflow-wrap: anywhere; }
    .bars td { vertical-align: middle; }
    .bars td div { background: var(--bar); height: 16px; border-radius: 2px; }
    .bars .words { width: 28%; padding: 3px 0 3px 4px; color: var(--faint); }
    @media (max-width: 600px) {
      main { padding: 12px 10px 32px; }
      .bars th, .bars .words { width: 36%; font-size: 13px; }
      svg text { font-size: 20px; }
    }
    svg { max-width: 100%; height: auto; display: block; margin: 8px 0; }
    svg text { font: 13px system-ui, sans-serif; fill: var(--ink); }
    svg .label { fill: var(--ink); }
    svg .cell { fill: var(--bar); }
    svg .axis { fill: none; stroke: var(--faint); }
    svg .curve { fill: none; stroke: var(--bar); stroke-width: 2; }
    details summary { cursor: pointer; color: var(--faint); }

    """
}
