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
    var lines: [String] = []
    let skipped = CopySkipReason.words(report.skipped)
    if !skipped.isEmpty { lines.append("  not copied: \(skipped)") }
    if report.droppedBytes > 0 {
      lines.append(
        style.warning(
          "  \(Quantity.size(report.droppedBytes)) left uncached: the destination's blocks are larger than the runs"))
    }
    if report.hasLegacyTree {
      lines.append(style.warning("  the tree of the layout before Linux 5.17 is not copied"))
    }
    if let verified = report.verified {
      let same = "  verified: \(Quantity.count(verified, "object")) the same, every byte"
      let bad = ", \(Quantity.count(report.mismatched)) not"
      lines.append(report.mismatched > 0 ? style.bad(same + bad) : style.good(same))
    }
    let word = report.isComplete ? style.good("complete") : style.bad("incomplete")
    var parts = [
      "\(Quantity.count(report.copiedObjects, "object")) copied", "\(Quantity.size(report.copiedBytes)) of data",
    ]
    if report.errors > 0 { parts.append("\(Quantity.count(report.errors)) failed") }
    return lines + [
      "\(EscapedBytes.string(report.destination)): \(word): \(parts.joined(separator: ", ")), "
        + Quantity.span(report.duration)
    ]
  }
}
