// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import CachefilesUpkeep
import LinuxIO

/// What a cull did, or would do.
struct CullView: Renderable {
  let report: Cull.Report
  let goal: CullGoal
  let isVerbose: Bool
  /// What selects the volumes that the goal is about, where it is a quota.
  var quota: [UInt8]?

  func write(to json: inout JSONWriter) {
    json.root(report.root)
    if let quota { json.bytes("quota", quota) }
    json.object("goal") { json in
      if let bytes = goal.availableBytes { json.number("available_bytes", bytes) }
      if let files = goal.freeFiles { json.number("free_files", files) }
      if let bytes = goal.maximumBytes { json.number("maximum_bytes", bytes) }
      if let objects = goal.maximumObjects { json.number("maximum_objects", objects) }
      if let moment = goal.usedSince { json.nanoseconds("used_since_ns", moment) }
    }
    json.object("plan") { json in
      json.number("objects", report.plan.sum.objects)
      json.number("disk_bytes", report.plan.sum.bytes)
      if let time = report.plan.oldest { json.nanoseconds("oldest_ns", time) } else { json.null("oldest_ns") }
      if let time = report.plan.newest { json.nanoseconds("newest_ns", time) } else { json.null("newest_ns") }
    }
    json.object("pinned") { json in
      json.number("objects", report.pinned.objects)
      json.number("disk_bytes", report.pinned.bytes)
    }
    json.object("done") { json in
      json.number("objects", report.isDryRun ? 0 : report.done.objects)
      json.number("disk_bytes", report.isDryRun ? 0 : report.done.bytes)
      json.number("skipped", report.skipped + report.dirty + report.inUse)
      json.number("in_use", report.inUse)
      json.number("dirty", report.dirty)
      json.number("errors", report.errors)
      json.number("pruned_directories", report.prunedDirectories)
    }
    if let bytes = report.availableBefore { json.number("available_bytes_before", bytes) }
    if let bytes = report.availableAfter { json.number("available_bytes_after", bytes) }
    json.bool("goal_met", report.isGoalMet)
    if !report.isGoalMet, report.isCounted { json.object("shortfall") { write(report.shortfall, to: &$0) } }
    json.bool("legacy_tree", report.hasLegacyTree)
    json.bool("dry_run", report.isDryRun)
    json.bool("live", report.isLive)
    if let refusal = report.refusal { json.text("refusal", refusal.description) }
  }

  private func write(_ shortfall: CullShortfall, to json: inout JSONWriter) {
    json.number("objects", shortfall.need.objects)
    json.number("files", shortfall.need.files)
    json.number("disk_bytes", shortfall.need.bytes)
    json.number("available_bytes", shortfall.availableBytes)
    json.number("free_files", shortfall.freeFiles)
    json.number("older_objects", shortfall.olderObjects)
    json.number("unread_entries", shortfall.unreadEntries)
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    var lines: [String] = []
    let root = EscapedBytes.string(report.root) + (quota.map { ": \(EscapedBytes.string($0))" } ?? "")
    if report.isGoalMet, report.need.isNothing, goal.usedSince == nil {
      lines.append("\(root): \(style.good("nothing to do")), the goal holds already")
      return lines + availability(style) + oldLayout(style)
    }
    let sum = report.isDryRun ? report.plan.sum : report.done
    let verb = report.isDryRun ? "would be removed" : "removed"
    lines.append("\(root): \(Quantity.count(sum.objects, "object")), \(Quantity.size(sum.bytes)) \(verb)")
    // Of what was planned some may have stayed.
    let oldest = report.isDryRun ? report.plan.oldest : report.removedOldest
    let newest = report.isDryRun ? report.plan.newest : report.removedNewest
    if let oldest, let newest, sum.objects > 0 {
      let (from, to) = (Quantity.time(oldest), Quantity.time(newest))
      lines += style.labelled("  last used    ", "\(from)  to  \(to)")
    }
    if sum.objects > sum.files {
      lines.append(
        "  links        \(Quantity.count(sum.objects - sum.files)) of them have other names and free nothing")
    }
    if report.pinned.objects > 0 {
      lines.append(
        "  pinned       \(Quantity.count(report.pinned.objects)) kept, \(Quantity.size(report.pinned.bytes))")
    }
    if report.dirty > 0 {
      lines += style.labelled(
        "  dirty        ", "\(Quantity.count(report.dirty)) kept; they may hold writes that the server never got")
    }
    if report.inUse > 0 {
      lines.append("  in use       \(Quantity.count(report.inUse)) kept; the kernel uses them")
    }
    if report.skipped > 0 {
      lines.append("  skipped      \(Quantity.count(report.skipped)) changed or vanished meanwhile")
    }
    if report.prunedDirectories > 0 {
      lines.append("  directories  \(Quantity.count(report.prunedDirectories)) empty ones removed")
    }
    if report.errors > 0 { lines.append("  errors       \(Quantity.count(report.errors))") }
    lines += availability(style) + oldLayout(style)
    let (words, paint) = verdict(style)
    return lines + style.labelled("  goal         ", words, paint)
  }

  /// What no cull removes is said, so that nobody takes it for gone.
  private func oldLayout(_ style: Style) -> [String] {
    guard report.hasLegacyTree else { return [] }
    return style.labelled(
      "  old layout   ",
      "the objects of the layout before Linux 5.17 are neither counted nor removed; 'cachefiles purge --legacy' does",
      style.warning)
  }

  private func verdict(_ style: Style) -> (words: String, paint: (String) -> String) {
    if report.isGoalMet { return (report.isDryRun ? "would hold" : "holds", style.good) }
    if report.isInterrupted { return ("not reached: interrupted", style.warning) }
    if report.isOutOfTime { return ("not reached: out of time", style.warning) }
    if report.refusal != nil { return ("not reached: stopped", style.bad) }
    return (shortage(), style.bad)
  }

  /// Which goal is not reached, and what may be the reason.
  private func shortage() -> String {
    let (missing, not) = (report.shortfall, report.isDryRun ? "would not be reached" : "not reached")
    if missing.isUnreadable { return "\(not): what should go next cannot always be read" }
    if !missing.need.isNothing { return "cannot be reached: nothing else may go" }
    if missing.olderObjects > 0 {
      let objects = Quantity.count(missing.olderObjects, "older object")
      return "\(not): \(objects) left: dirty, protected, kept by --min-age, or not to be removed"
    }
    let reasons = "removed files may still be open, their blocks may be shared, or others write"
    if missing.availableBytes > 0 {
      return "\(not): \(Quantity.size(missing.availableBytes)) less available than wanted: \(reasons)"
    }
    if missing.freeFiles > 0 {
      return "\(not): room for \(Quantity.count(Int(clamping: missing.freeFiles))) files less than wanted: \(reasons)"
    }
    if missing.unreadEntries > 0 {
      return "not known: \(Quantity.count(missing.unreadEntries)) of the entries to count could not be read"
    }
    return "not known: the cache or its file system could not be read"
  }

  /// What the file system says, beside what the victims come to.
  private func availability(_ style: Style) -> [String] {
    guard let before = report.availableBefore else { return [] }
    var text = Quantity.size(before)
    if let after = report.availableAfter, !report.isDryRun, after != before {
      let change = after > before ? "\(Quantity.size(after - before)) more" : "\(Quantity.size(before - after)) less"
      text += " before, \(Quantity.size(after)) after: \(change)"
    }
    if report.isDryRun, report.plan.sum.bytes > 0 {
      text += ", \(Quantity.size(before &+ report.plan.sum.bytes)) with that"
    }
    if let wanted = goal.availableBytes { text += " (wanted \(Quantity.size(wanted)))" }
    return style.labelled("  available    ", text)
  }
}
