import CachefilesFormat
import CachefilesStore
import LinuxIO

/// A statistics report as text and JSON.
struct StatisticsView: Renderable {
  let report: StatisticsReport

  private var totals: Tally { report.statistics.totals }

  func write(to json: inout JSONWriter) {
    json.bytes("root", report.root)
    json.text("generation", report.generation.rawValue)
    if let live = report.liveness.isLive { json.bool("live", live) } else { json.null("live") }
    json.object("totals") { json in
      json.number("volumes", report.volumes.count)
      json.number("objects", totals.objects)
      json.number("legacy_objects", report.statistics.legacy.objects)
      json.number("disk_bytes", totals.diskBytes)
      json.number("file_bytes", totals.fileBytes)
      json.number("graveyard_entries", report.statistics.graveyard.objects)
      json.number("graveyard_bytes", report.statistics.graveyard.diskBytes)
      json.number("foreign_entries", report.statistics.foreign.objects)
      json.number("foreign_bytes", report.statistics.foreign.diskBytes)
      json.number("fanouts", report.statistics.fanouts)
      json.number("errors", report.errors)
      write(totals, to: &json)
    }
    json.object("encodings") { json in
      for (index, letter) in ["D", "S", "T", "E", "other"].enumerated() {
        json.key(letter)
        json.number(nil, report.statistics.schemes[index])
      }
    }
    json.array("volumes") { json in
      for volume in report.volumes {
        json.object { json in
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
          write(volume.tally, to: &json)
          if let time = volume.tally.oldestAccess { json.number("oldest_ns", time) }
          if let time = volume.tally.newestAccess { json.number("newest_ns", time) }
        }
      }
    }
    if let fileSystem = report.fileSystem {
      json.object("file_system") { json in
        json.text("type", fileSystem.typeName)
        json.number("block_bytes", fileSystem.blockSize)
        json.number("total_bytes", fileSystem.blocks * fileSystem.blockSize)
        json.number("available_bytes", fileSystem.availableBlocks * fileSystem.blockSize)
        json.number("files", fileSystem.files)
        json.number("free_files", fileSystem.freeFiles)
      }
    }
    if let limits = report.limits, let size = report.fileSystem?.blockSize {
      json.object("limits") { json in
        json.number("brun_bytes", limits.brun * size)
        json.number("bcull_bytes", limits.bcull * size)
        json.number("bstop_bytes", limits.bstop * size)
        json.number("frun_files", limits.frun)
        json.number("fcull_files", limits.fcull)
        json.number("fstop_files", limits.fstop)
      }
    }
  }

  private func write(_ tally: Tally, to json: inout JSONWriter) {
    if report.questions.records {
      json.number("object_bytes", tally.objectBytes)
      json.number("dirty_objects", tally.dirtyObjects)
    }
    if report.questions.extents {
      json.number("data_bytes", tally.dataBytes)
      json.number("extents", tally.extents)
    }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    var lines = [style.strong(EscapedBytes.string(report.root))]
    lines += heading(style)
    lines.append("")
    lines += table(style, verbose: verbose)
    return lines
  }

  private func heading(_ style: Style) -> [String] {
    var facts: [(String, String)] = []
    let statistics = report.statistics
    facts.append(("layout", layout))
    facts.append(("state", report.liveness.description))
    facts.append(
      (
        "objects",
        "\(Quantity.count(totals.objects)) in \(Quantity.count(report.volumes.count)) volumes"
          + (statistics.legacy.objects > 0 ? ", \(Quantity.count(statistics.legacy.objects)) of the old layout" : "")
      ))
    facts.append(
      ("disk usage", "\(Quantity.size(totals.diskBytes)) (files are \(Quantity.size(totals.fileBytes)) long)"))
    if report.questions.extents, totals.fileBytes > 0 {
      let share = Double(totals.dataBytes) / Double(totals.fileBytes)
      facts.append(
        (
          "cached",
          "\(Quantity.size(totals.dataBytes)) in \(Quantity.count(totals.extents)) runs, \(Quantity.percent(share))"
        ))
    }
    if report.questions.records {
      facts.append(
        ("netfs files", "\(Quantity.size(totals.objectBytes)) in all, \(Quantity.count(totals.dirtyObjects)) dirty"))
    }
    let names = zip(["D", "S", "T", "E", "other"], statistics.schemes).filter { $0.1 > 0 }
    facts.append(("names", names.isEmpty ? "-" : names.map { "\($0) \(Quantity.count($1))" }.joined(separator: " · ")))
    facts.append(
      (
        "graveyard",
        statistics.graveyard.objects == 0
          ? "empty"
          : "\(Quantity.count(statistics.graveyard.objects)) entries, \(Quantity.size(statistics.graveyard.diskBytes))"
      ))
    if statistics.foreign.objects > 0 {
      facts.append(
        ("foreign", "\(Quantity.count(statistics.foreign.objects)) entries that belong to no cache"))
    }
    if let fileSystem = report.fileSystem { facts.append(("file system", describe(fileSystem))) }
    if report.errors > 0 { facts.append(("errors", "\(Quantity.count(report.errors)) entries could not be read")) }
    if report.isInterrupted { facts.append(("incomplete", "the scan was interrupted")) }
    return facts.map { name, value in
      let padded = name + String(repeating: " ", count: max(0, 12 - name.count))
      let isBad = name == "errors" || name == "incomplete"
      return "  " + (isBad ? style.bad(padded) : style.faint(padded)) + value
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

  private func describe(_ status: FileSystemStatus) -> String {
    let available = status.availableBlocks * status.blockSize
    var text =
      "\(status.typeName), \(Quantity.size(available)) of \(Quantity.size(status.blocks * status.blockSize)) available"
    if let limits = report.limits {
      let judgement = limits.judge(
        freeFiles: status.freeFiles, availableBlocks: status.availableBlocks, culling: false)
      let cull = limits.bcull * status.blockSize
      if !judgement.isAllowed {
        text += "; below the stop limit: nothing new is cached"
      } else if judgement.isCulling {
        text += "; below the cull limit"
      } else {
        text += "; culling starts at \(Quantity.size(cull))"
      }
    }
    return text
  }

  private func table(_ style: Style, verbose: Bool) -> [String] {
    guard !report.volumes.isEmpty else { return [style.faint("no volumes")] }
    var columns: [(String, Table.Side)] = [("DISK", .right), ("", .left), ("OBJECTS", .right), ("LAST USED", .right)]
    if report.questions.records { columns.append(("FILES", .right)) }
    if report.questions.extents { columns.append(("DATA", .right)) }
    columns.append(("VOLUME", .left))
    var table = Table(columns)
    let now = Quantity.now
    let most = Double(report.volumes.first?.tally.diskBytes ?? 1)
    for volume in report.volumes {
      let tally = volume.tally
      var cells = [
        Quantity.size(tally.diskBytes), Bar.share(Double(tally.diskBytes) / max(1, most), width: 10),
        Quantity.count(tally.objects), tally.newestAccess.map { Quantity.age($0, now: now) } ?? "-",
      ]
      if report.questions.records { cells.append(Quantity.size(tally.objectBytes)) }
      if report.questions.extents { cells.append(Quantity.size(tally.dataBytes)) }
      cells.append(
        verbose
          ? EscapedBytes.string(volume.key)
          : NetfsVolume(volumeKey: volume.key.span, byteOrder: .host).summary)
      table.add(cells)
    }
    var lines = table.lines { text, row, column in
      if row < 0 { return style.faint(text) }
      return column == 1 ? style.drawing(text) : text
    }
    if !verbose, report.volumes.contains(where: { $0.type == .nfs }) {
      let order = ByteOrder.host.rawValue
      lines.append(style.faint("(NFS addresses are read in this machine's byte order, \(order)-endian)"))
    }
    return lines
  }
}
