// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// What a sweep did.
struct SweepView: Renderable {
  let report: SweepReport
  /// The age that was asked for.
  let age: AgeArgument?

  func write(to json: inout JSONWriter) {
    json.root(report.root)
    json.number("removed_entries", report.removedEntries)
    json.number("freed_bytes", report.freedBytes)
    if let left = report.leftEntries { json.number("left_entries", left) } else { json.null("left_entries") }
    json.number("younger_entries", report.youngerEntries)
    json.number("errors", report.errors)
    json.bool("dry_run", report.isDryRun)
    json.bool("out_of_time", report.isOutOfTime)
    json.nanoseconds("duration_ns", report.duration)
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    let root = EscapedBytes.string(report.root)
    let entries = Quantity.count(report.removedEntries)
    let noun = report.removedEntries == 1 ? "entry" : "entries"
    let did =
      report.isDryRun
      ? "\(entries) \(noun) would be removed, \(Quantity.size(report.freedBytes)) freed"
      : "\(entries) \(noun) removed, \(Quantity.size(report.freedBytes)) freed"
    var line = "\(root): " + (report.errors == 0 ? style.good(did) : did)
    if report.leftEntries != 0 { line += "; \(left)" }
    return [line + ", " + Quantity.span(report.duration)]
  }

  /// What is left and why.
  private var left: String {
    let number = report.leftEntries.map { "\(Quantity.count($0)) left" } ?? "the rest is left"
    var reasons: [String] = []
    if report.isInterrupted {
      reasons.append(Interruption.signal != nil ? "ended by a signal" : "stopped: cachefilesd may be at work")
    }
    if report.isOutOfTime { reasons.append("out of time") }
    if report.youngerEntries > 0 { reasons.append("\(Quantity.count(report.youngerEntries)) too young") }
    if report.errors > 0 { reasons.append("\(Quantity.count(report.errors)) cannot be removed") }
    return reasons.isEmpty ? number : "\(number) (\(reasons.joined(separator: ", ")))"
  }
}
