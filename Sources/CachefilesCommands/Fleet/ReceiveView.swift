// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesUpkeep

/// What a stream came to.
struct ReceiveView: Renderable {
  let report: ReceiveReport
  /// Whether a filter took nothing of the stream.
  var isUnmatched = false

  private var isComplete: Bool { report.isComplete && !isUnmatched }

  func write(to json: inout JSONWriter) {
    json.root(report.destination)
    json.bytes("destination", report.destination)
    json.number("received_objects", report.receivedObjects)
    json.number("received_bytes", report.receivedBytes)
    json.number("dropped_bytes", report.droppedBytes)
    json.number("time_granularity_ns", report.timeGranularity)
    json.number("made_directories", report.directories)
    json.skipped(report.skipped)
    json.number("refused_entries", report.refusedEntries)
    json.number("errors", report.errors)
    json.bool("whole_stream", report.isWhole)
    json.bool("complete", isComplete)
    json.nanoseconds("duration_ns", report.duration)
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    let shared = TransferLines(style: style)
    var lines: [String] = []
    let skipped = CopySkipReason.words(report.skipped)
    if !skipped.isEmpty { lines.append("  not taken: \(skipped)") }
    if report.refusedEntries > 0 {
      lines.append(style.bad("  \(Quantity.count(report.refusedEntries)) refused: no sound cache has them"))
    }
    lines += shared.dropped(report.droppedBytes)
    lines.append(
      shared.verdict(
        report.destination, isComplete: isComplete, objects: report.receivedObjects, done: "received",
        bytes: report.receivedBytes, errors: report.errors, report.duration))
    return lines
  }
}
