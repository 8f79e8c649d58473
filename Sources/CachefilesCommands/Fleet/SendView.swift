// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesUpkeep

/// What was sent.
struct SendView: Renderable {
  let report: SendReport

  func write(to json: inout JSONWriter) {
    json.bytes("source", report.source)
    json.number("sent_objects", report.sentObjects)
    json.number("sent_bytes", report.sentBytes)
    json.skipped(report.skipped)
    json.number("errors", report.errors)
    json.bool("complete", report.isComplete)
    json.nanoseconds("duration_ns", report.duration)
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    var lines: [String] = []
    let skipped = CopySkipReason.words(report.skipped)
    if !skipped.isEmpty { lines.append("  not sent: \(skipped)") }
    var word = report.isComplete ? style.good("complete") : style.bad("incomplete")
    if report.isCut { word += ": the reader went away" }
    var parts = [
      "\(Quantity.count(report.sentObjects, "object")) sent", "\(Quantity.size(report.sentBytes)) of data",
    ]
    if report.errors > 0 { parts.append("\(Quantity.count(report.errors)) failed") }
    return lines + [
      "\(EscapedBytes.string(report.source)): \(word): \(parts.joined(separator: ", ")), "
        + Quantity.span(report.duration)
    ]
  }
}
