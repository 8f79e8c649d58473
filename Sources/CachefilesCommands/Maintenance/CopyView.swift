// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep
import LinuxIO
import SystemPackage

/// What was copied.
struct CopyView: Renderable {
  let report: CopyReport

  func write(to json: inout JSONWriter) {
    json.bytes("source", report.source)
    json.root(report.destination)
    json.bytes("destination", report.destination)
    json.number("copied_objects", report.copiedObjects)
    json.number("copied_bytes", report.copiedBytes)
    json.number("dropped_bytes", report.droppedBytes)
    json.number("time_granularity_ns", report.timeGranularity)
    json.number("made_directories", report.directories)
    json.skipped(report.skipped)
    json.number("errors", report.errors)
    if let verified = report.verified { json.number("verified", verified) } else { json.null("verified") }
    json.number("mismatched", report.mismatched)
    json.bool("legacy_tree", report.hasLegacyTree)
    json.bool("complete", report.isComplete)
    json.nanoseconds("duration_ns", report.duration)
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    let shared = TransferLines(style: style)
    var lines: [String] = []
    let skipped = CopySkipReason.words(report.skipped)
    if !skipped.isEmpty { lines.append("  not copied: \(skipped)") }
    lines += shared.dropped(report.droppedBytes)
    if report.hasLegacyTree {
      lines.append(style.warning("  the tree of the layout before Linux 5.17 is not copied"))
    }
    if let verified = report.verified {
      let same = "  verified: \(Quantity.count(verified, "object")) the same, every byte"
      let bad = ", \(Quantity.count(report.mismatched)) not"
      lines.append(report.mismatched > 0 ? style.bad(same + bad) : style.good(same))
    }
    lines.append(
      shared.verdict(
        report.destination, isComplete: report.isComplete, objects: report.copiedObjects, done: "copied",
        bytes: report.copiedBytes, errors: report.errors, report.duration))
    return lines
  }
}
