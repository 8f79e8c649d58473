// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// A statistics report as text and JSON.
struct StatisticsView: Renderable {
  let report: StatisticsReport
  /// Whether to print the distributions too.
  var isWhole = true
  /// Sizes for which to tell what a cache of that size would hold.
  var sizes: [UInt64] = []
  /// Whether to print all volumes, also on a terminal that has no room for them.
  var hasAllVolumes = false
  /// Whether to tell what caches of other sizes would hold.
  var hasWhatIf = true

  private var totals: Tally { report.statistics.totals }

  func write(to json: inout JSONWriter) {
    json.root(report.root)
    json.nanoseconds("time_ns", report.questions.now)
    json.text("generation", report.generation.rawValue)
    if let live = report.liveness.isLive { json.bool("live", live) } else { json.null("live") }
    if report.isInterrupted { json.bool("complete", false) }
    report.daemon?.write(to: &json)
    if report.questions.walks { writeContent(to: &json) }
    LimitsView(report: report).write(to: &json)
    if hasWhatIf { WhatIfView(report: report, sizes: sizes).write(to: &json) }
    CachedTwiceView(report: report).write(to: &json)
    KernelSideView(report: report).write(to: &json)
  }

  /// What a walk found.
  private func writeContent(to json: inout JSONWriter) {
    TotalsView(report: report).write(to: &json)
    if let unreachable = report.unreachable { json.number("unreachable_objects", unreachable) }
    DistributionView(report: report).write(to: &json)
    for (key, kind) in [("netfs" as StaticString, UsageGroups.Kind.netfs), ("servers", .server)] {
      json.array(key) { json in
        for group in UsageGroups.volumes(report, by: kind) {
          json.object { json in
            group.label.write(to: &json)
            json.number("objects", group.tally.objects)
            json.number("disk_bytes", group.tally.diskBytes)
            json.number("file_bytes", group.tally.fileBytes)
            TotalsView.write(group.tally, report.questions, to: &json)
          }
        }
      }
    }
    json.array("volumes") { json in
      for volume in report.volumes { json.object { json in write(volume, to: &json) } }
    }
  }

  private func write(_ volume: StatisticsReport.Volume, to json: inout JSONWriter) {
    json.bytes("key", volume.key)
    json.text("type", volume.type.rawValue)
    json.text("summary", NetfsVolume(volumeKey: volume.key.span, byteOrder: .host).summary)
    if volume.type == .nfs {
      json.text("byte_order", ByteOrder.host.rawValue)
      json.text("byte_order_source", "assumed")
    }
    json.number("objects", volume.tally.objects)
    json.number("disk_bytes", volume.tally.diskBytes)
    json.number("file_bytes", volume.tally.fileBytes)
    TotalsView.write(volume.tally, report.questions, to: &json)
    let places = report.mountPoints[volume.key]
    if !places.isEmpty { json.array("mount_points") { json in for place in places { json.bytes(nil, place) } } }
    if let time = volume.tally.oldestAccess { json.nanoseconds("oldest_ns", time) }
    if let time = volume.tally.newestAccess { json.nanoseconds("newest_ns", time) }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    var lines = [style.strong(EscapedBytes.string(report.root))]
    lines += heading(style)
    if report.questions.walks {
      lines.append("")
      lines += table(style, verbose: verbose)
    }
    if isWhole, report.statistics.schemes.contains(where: { $0 > 0 }) {
      lines += [""] + DistributionView(report: report).lines(style)
    }
    if hasWhatIf { lines += WhatIfView(report: report, sizes: sizes).lines(style) }
    lines += KernelSideView(report: report).lines(style, verbose: verbose)
    return lines
  }

  private func heading(_ style: Style) -> [String] {
    var facts: [(String, String)] = []
    facts.append(("layout", layout))
    facts.append(("state", report.liveness.description + report.daemon.words))
    if report.questions.walks { facts += content }
    facts += LimitsView(report: report).facts
    if report.errors > 0 { facts.append(("errors", "\(Quantity.count(report.errors)) entries could not be read")) }
    if report.isInterrupted { facts.append(("incomplete", "the scan was interrupted")) }
    return facts.flatMap { name, value in
      let padded = name + String(repeating: " ", count: max(0, 12 - name.count))
      let isBad = name == "errors" || name == "incomplete"
      let lines = style.folded(value, indent: 14)
      return ["  " + (isBad ? style.bad(padded) : style.faint(padded)) + lines[0]] + lines.dropFirst()
    }
  }

  /// Labels and facts of what a walk found.
  private var content: [(String, String)] {
    var facts: [(String, String)] = []
    let statistics = report.statistics
    facts.append(
      (
        "objects",
        "\(Quantity.count(totals.objects)) in \(Quantity.count(report.volumes.count)) volumes"
          + (statistics.legacy.objects > 0 ? ", \(Quantity.count(statistics.legacy.objects)) of the old layout" : "")
      ))
    if let unreachable = report.unreachable, unreachable > 0 {
      facts.append(
        ("lost", "\(Quantity.count(unreachable, "object")) that no kernel will ever find: see cachefiles-fsck"))
    }
    facts.append(
      ("disk usage", "\(Quantity.size(totals.diskBytes)) (files are \(Quantity.size(totals.fileBytes)) long)"))
    if report.questions.extents, totals.fileBytes > 0 {
      // Without records, how long the files are on their servers is not known.
      let share = totals.cachedShare(hasExtents: true).map { "\(Quantity.percent($0)) of the netfs files" }
      let own = Double(totals.dataBytes) / Double(totals.fileBytes)
      facts.append(
        (
          "cached",
          "\(Quantity.size(totals.dataBytes)) in \(Quantity.count(totals.extents)) runs, "
            + (share ?? "\(Quantity.percent(own)) of their length")
        ))
    }
    if report.questions.records {
      let unread = statistics.legacy.objects > 0 ? "; those of the old layout are not read" : ""
      facts.append(
        (
          "netfs files",
          "\(Quantity.size(totals.objectBytes)) in all, \(Quantity.count(totals.dirtyObjects)) dirty\(unread)"
        ))
    }
    let names = zip(Encodings.names, statistics.schemes).filter { $0.1 > 0 }
    facts.append(("names", names.isEmpty ? "-" : names.map { "\($0) \(Quantity.count($1))" }.joined(separator: " · ")))
    facts.append(("graveyard", graveyard))
    if statistics.foreign.objects > 0 {
      facts.append(
        ("foreign", "\(Quantity.count(statistics.foreign.objects)) entries that belong to no cache"))
    }
    return facts
  }

  private var graveyard: String {
    let tally = report.statistics.graveyard
    if tally.objects > 0 { return "\(Quantity.count(tally.objects)) entries, \(Quantity.size(tally.diskBytes))" }
    return switch report.graveyard {
    case .directory: "empty"
    case .nothing: "none; the kernel makes it"
    case .other(let kind): "it is \(kind.words), so no kernel can bind the cache: see cachefiles-fsck"
    case .unknown(let error): "it cannot be looked at: \(error)"
    }
  }

  private var layout: String {
    switch report.generation {
    case .volumes: "volumes (Linux 5.17 and later)"
    case .legacy: "legacy (Linux up to 5.16); newer kernels neither read nor remove it"
    case .mixed: "mixed: volumes, and a legacy tree that kernels from 5.17 on neither read nor remove"
    case .empty: "empty"
    }
  }

  private func table(_ style: Style, verbose: Bool) -> [String] {
    guard !report.volumes.isEmpty else { return [style.faint("no volumes")] }
    var columns: [(String, Table.Side)] = [("DISK", .right), ("", .left), ("OBJECTS", .right), ("LAST USED", .right)]
    if report.questions.records { columns.append(("FILE SIZE", .right)) }
    if report.questions.extents { columns.append(("DATA", .right)) }
    columns.append(("VOLUME", .left))
    var table = Table(columns)
    let now = report.questions.now
    let most = Double(report.volumes.first?.tally.diskBytes ?? 1)
    let shown = style.limit(report.volumes.count, all: hasAllVolumes || verbose)
    for volume in report.volumes.prefix(shown) {
      let tally = volume.tally
      var cells = [
        Quantity.size(tally.diskBytes), Bar.share(Double(tally.diskBytes) / max(1, most), width: 10),
        Quantity.count(tally.objects), tally.newestAccess.map { Quantity.age($0, now: now) } ?? "-",
      ]
      if report.questions.records { cells.append(Quantity.size(tally.objectBytes)) }
      if report.questions.extents { cells.append(Quantity.size(tally.dataBytes)) }
      cells.append(
        verbose
          ? EscapedBytes.string(volume.key) + mounted(volume)
          : NetfsVolume(volumeKey: volume.key.span, byteOrder: .host).summary + mounted(volume))
      table.add(cells)
    }
    var lines = table.lines(style, isWhole: verbose) { text, row, column in
      if row < 0 { return style.faint(text) }
      return column == 1 ? style.drawing(text) : text
    }
    if shown < report.volumes.count {
      lines.append(style.faint("… \(Quantity.count(report.volumes.count - shown)) more (--all)"))
    }
    if !verbose, report.volumes.contains(where: { $0.type == .nfs }) {
      let order = ByteOrder.host.rawValue
      lines.append(style.faint("(NFS addresses are read in this machine's byte order, \(order)-endian)"))
    }
    return lines + CachedTwiceView(report: report).lines(style)
  }

  /// Where a volume is mounted, to stand behind its name.
  private func mounted(_ volume: StatisticsReport.Volume) -> String {
    let places = report.mountPoints[volume.key]
    return places.isEmpty ? "" : "  on " + places.map { EscapedBytes.string($0) }.joined(separator: ", ")
  }
}
