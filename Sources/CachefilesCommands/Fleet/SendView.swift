// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesUpkeep

/// What was sent.
struct SendView: Renderable {
  let report: SendReport

  func write(to json: inout JSONWriter) {
    json.root(report.source)
    json.bytes("source", report.source)
    json.number("sent_objects", report.sentObjects)
    json.number("sent_bytes", report.sentBytes)
    json.number("missing_objects", report.missingObjects)
    json.skipped(report.skipped)
    json.number("errors", report.errors)
    json.bool("legacy_tree", report.hasLegacyTree)
    json.bool("complete", report.isComplete)
    json.nanoseconds("duration_ns", report.duration)
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    let shared = TransferLines(style: style)
    var lines: [String] = []
    let skipped = CopySkipReason.words(report.skipped)
    if !skipped.isEmpty { lines.append("  not sent: \(skipped)") }
    if report.hasLegacyTree { lines.append(style.warning("  the tree of the layout before Linux 5.17 is not sent")) }
    if report.missingObjects > 0 {
      lines.append(style.warning("  not in the cache: \(Quantity.count(report.missingObjects)) of the list"))
    }
    lines.append(
      shared.verdict(
        report.source, isComplete: report.isComplete, note: report.isCut ? ": the reader went away" : "",
        objects: report.sentObjects, done: "sent",
        bytes: report.sentBytes, errors: report.errors, report.duration))
    return lines
  }
}
