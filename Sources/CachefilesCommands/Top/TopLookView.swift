// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// One look, with how fast it changed since the one before.
struct TopLookView: Renderable {
  let look: TopLook
  let before: TopLook?
  var hasAllVolumes = false

  private var seconds: Double { before.map { max(1e-3, (look.moment - $0.moment).inSeconds) } ?? 1 }

  /// The change of a count in a second; nil at the first look, and where a count went back: a module was loaded anew.
  private func rate(_ index: Int) -> Double? {
    guard let before, let old = before.counts[index].value, let new = look.counts[index].value, new >= old else {
      return nil
    }
    return Double(new - old) / seconds
  }

  private func rate(of volume: VolumeLine) -> Double? {
    guard let before else { return nil }
    let old = before.volumes.first { $0.key == volume.key }?.cookies ?? 0
    return Double(volume.cookies - old) / seconds
  }

  /// The share of the reads since the look before that the cache answered.
  private var hitShare: Double? {
    guard let hits = rate(0), let misses = rate(1), hits + misses > 0 else { return nil }
    return hits / (hits + misses)
  }

  func write(to json: inout JSONWriter) {
    json.root(look.report.root)
    json.nanoseconds("time_ns", look.time)
    if let live = look.report.liveness.isLive { json.bool("live", live) } else { json.null("live") }
    look.report.daemon?.write(to: &json)
    LimitsView(report: look.report).write(to: &json)
    if let share = hitShare { json.decimal("hit_share", share) } else { json.null("hit_share") }
    json.array("counts") { json in
      for (index, count) in look.counts.enumerated() {
        json.object { json in
          json.text("count", "\(count.key)")
          if let value = count.value { json.number("total", value) } else { json.null("total") }
          if let rate = rate(index) { json.decimal("per_second", rate) } else { json.null("per_second") }
        }
      }
    }
    json.array("volumes_in_use") { json in
      for volume in look.busiest {
        json.object { json in
          json.bytes("key", volume.key)
          json.number("cookies", volume.cookies)
          if let rate = rate(of: volume) { json.decimal("per_second", rate) } else { json.null("per_second") }
          json.bool("refused", volume.isRefused)
          json.array("mounts") { json in
            for place in look.report.mountPoints[volume.key] { json.bytes(nil, place) }
          }
        }
      }
    }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    let report = look.report
    var card = Card("\(EscapedBytes.string(report.root))  \(Quantity.time(look.time.wholeSecond))", style)
    card.add("state", report.liveness.description + report.daemon.words)
    for (label, words) in LimitsView(report: report).facts { card.add(label, words) }
    return card.lines + [""] + countLines(style) + [""] + volumeLines(style, verbose: verbose)
  }

  private func countLines(_ style: Style) -> [String] {
    var table = Table([("A SECOND", .right), ("IN ALL", .right), ("COUNT", .left)])
    for (index, count) in look.counts.enumerated() {
      table.add([
        rate(index).map { Quantity.fixed($0, 1) } ?? "-", count.value.map { Quantity.count($0) } ?? "-", count.words,
      ])
    }
    let all = look.report.kernelStatistics?.hitCount.map { Quantity.percent($0.ratio) } ?? "-"
    table.add([hitShare.map { Quantity.percent($0) } ?? "-", all, "of the reads came from the cache"])
    return table.lines(style) { text, row, _ in row < 0 ? style.faint(text) : text }
  }

  private func volumeLines(_ style: Style, verbose: Bool) -> [String] {
    let volumes = look.busiest
    guard !volumes.isEmpty else { return [style.faint("no mount uses a volume of a cache")] }
    var table = Table([("FILES IN USE", .right), ("A SECOND", .right), ("VOLUME", .left)])
    let shown = style.limit(volumes.count, all: hasAllVolumes || verbose)
    for volume in volumes.prefix(shown) {
      let places = look.report.mountPoints[volume.key].map { EscapedBytes.string($0) }.joined(separator: ", ")
      let name =
        verbose
        ? EscapedBytes.string(volume.key) : NetfsVolume(volumeKey: volume.key.span, byteOrder: .host).summary
      table.add([
        Quantity.count(volume.cookies), rate(of: volume).map { Self.signed($0) } ?? "-",
        name + (places.isEmpty ? "" : "  on \(places)") + (volume.isRefused ? "  refused: not cached" : ""),
      ])
    }
    var lines = table.lines(style, isWhole: verbose) { text, row, _ in
      row < 0 ? style.faint(text) : volumes[row].isRefused ? style.bad(text) : text
    }
    if shown < volumes.count { lines.append(style.faint("… \(Quantity.count(volumes.count - shown)) more (--all)")) }
    return lines
  }

  private static func signed(_ rate: Double) -> String { (rate < 0 ? "-" : "+") + Quantity.fixed(abs(rate), 1) }
}
