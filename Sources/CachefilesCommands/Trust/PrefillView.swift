// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesTrust
import LinuxIO

/// What filling a cache came to.
struct PrefillView: Renderable {
  let report: PrefillReport
  /// Files that are not cached whole.
  let files: [FilledFile]

  func write(to json: inout JSONWriter) {
    json.root(report.root)
    json.bool("done", report.isDone)
    json.object("files") { json in
      for state in FilledFile.State.allCases {
        json.key(state.rawValue)
        json.number(nil, report.count(state))
      }
    }
    json.number("file_bytes", report.fileBytes)
    json.number("missing_bytes", report.missingBytes)
    json.number("read_bytes", report.readBytes)
    json.number("left_bytes", report.leftBytes)
    json.number("errors", report.errors)
    json.nanoseconds("reading_ns", report.readingTime)
    json.nanoseconds("duration_ns", report.duration)
    if let stop = report.stop { json.text("stop", Self.name(stop)) } else { json.null("stop") }
    json.bool("dry_run", report.isDryRun)
    json.array("not_cached") { json in
      for file in files { json.object { FilledFileView(file: file).write(to: &$0) } }
    }
  }

  private static func name(_ stop: PrefillReport.Stop) -> String {
    switch stop {
    case .maximumBytes: "max-bytes"
    case .room: "room"
    case .signal: "signal"
    }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    var card = Card(EscapedBytes.string(report.root), style)
    if report.isDryRun {
      card.add("would read", "\(Quantity.size(report.missingBytes)) of \(Quantity.count(report.count(.left), "file"))")
    } else {
      card.add("read", read)
    }
    let cached = report.count(.whole) + report.count(.filled) + report.count(.tail)
    if cached > 0 {
      var words = Quantity.count(cached, "file")
      if report.count(.whole) > 0 { words += ", \(Quantity.count(report.count(.whole))) of them before" }
      card.add("cached", style.good(words))
    }
    if report.count(.tail) > 0 {
      card.go(
        on: "\(Quantity.count(report.count(.tail))) but for the last block, which this kernel does not store (K14)")
    }
    addOthers(to: &card, style)
    if let stop = words(report.stop) { card.add("stopped", style.warning(stop)) }
    if report.errors > 0 { card.add("failed", style.bad(Quantity.count(report.errors, "error"))) }
    var lines = card.lines
    if verbose, !files.isEmpty {
      lines.append("")
      for file in files { lines += FilledFileView(file: file).lines(style, verbose: true) }
    }
    return lines
  }

  private var read: String {
    let seconds = report.readingTime.inSeconds
    let size = Quantity.size(report.readBytes)
    guard report.readBytes > 0, seconds > 0.05 else { return size }
    return "\(size), \(Quantity.size(UInt64(Double(report.readBytes) / seconds)))/s"
  }

  private func words(_ stop: PrefillReport.Stop?) -> String? {
    switch stop {
    case .maximumBytes: "--max-bytes is reached"
    case .room(let words, _): words
    case .signal: "by a signal"
    case nil: nil
    }
  }

  private func addOthers(to card: inout Card, _ style: Style) {
    let states: [(FilledFile.State, String)] = [
      (.partial, "in part only"), (.pending, "not committed by the kernel yet"), (.left, "not read"),
      (.uncached, "without a copy"), (.dirty, "open for writing"), (.unknown, "of which it cannot be told"),
      (.failed, "unreadable"),
    ]
    var isFirst = true
    for (state, words) in states where report.count(state) > 0 && !(report.isDryRun && state == .left) {
      let text = "\(Quantity.count(report.count(state), "file")) \(words)"
      if isFirst { card.add("not cached", style.warning(text)) } else { card.go(on: style.warning(text)) }
      isFirst = false
    }
    guard !isFirst else { return }
    for (reason, count) in report.reasons.sorted(by: { $0.key < $1.key }) {
      card.go(on: "  \(Quantity.count(count)): \(reason)")
    }
  }
}
