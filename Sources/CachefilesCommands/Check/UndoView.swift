// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesCheck
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// What an undo did.
struct UndoView: Renderable {
  let report: Undo.Report

  /// The exit status of `fsck`: 0 when everything is back.
  var exit: Int32 {
    var status: Int32 = 0
    if report.errors > 0 || report.refusal != nil { status |= CheckReport.ExitBits.operational }
    if !report.lost.isEmpty { status |= CheckReport.ExitBits.left }
    if report.isInterrupted { status |= CheckReport.ExitBits.interrupted }
    return status
  }

  func write(to json: inout JSONWriter) {
    json.root(report.root)
    json.bytes("undone_journal", report.journal)
    json.bool("journal_has_end", report.hasEnd)
    json.number("restored", report.restored)
    json.number("untouched", report.untouched)
    json.array("lost") { json in for line in report.lost { json.text(nil, line) } }
    json.number("errors", report.errors)
    if let refusal = report.refusal { json.text("refusal", refusal.description) }
    json.number("exit", exit)
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    if report.refusal != nil, report.restored == 0 { return [] }
    var lines: [String] = []
    if !report.lost.isEmpty {
      lines.append(style.bad("cannot come back:"))
      let shown = verbose ? report.lost.count : 5
      lines += report.lost.prefix(shown).map { "  \($0)" }
      if report.lost.count > shown { lines.append("  … and \(report.lost.count - shown) more (--verbose lists all)") }
    }
    let steps = Quantity.count(report.restored, "step")
    let verdict = "\(EscapedBytes.string(report.root)): \(steps) taken back"
    let rest =
      (report.untouched > 0 ? ", \(Quantity.count(report.untouched)) not needed (never made, or back already)" : "")
      + (report.lost.isEmpty ? "" : ", \(Quantity.count(report.lost.count)) cannot come back")
      + (report.errors > 0 ? ", \(Quantity.count(report.errors, "error"))" : "")
    lines.append(report.lost.isEmpty && report.errors == 0 ? style.good(verdict) + rest : verdict + rest)
    if report.hasChanged {
      lines.append("  of several repairs the last one has to be undone first, and the others in that order")
    }
    if !report.hasEnd {
      lines.append(
        "  the journal has no end: its run was cut off, and if the file was too, later repairs are not in it")
    }
    return lines
  }
}
