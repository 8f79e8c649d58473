// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep

/// What a purge did.
struct PurgeView: Renderable {
  let report: PurgeReport

  func write(to json: inout JSONWriter) {
    json.root(report.root)
    json.object("planned") { Self.write(report.planned, to: &$0) }
    json.object("done") { Self.write(report.done, to: &$0) }
    json.object("pinned") { json in
      json.number("objects", report.pinned.objects)
      json.number("disk_bytes", report.pinned.diskBytes)
    }
    json.number("freed_bytes", report.freedBytes)
    json.number("left_entries", report.leftGraves)
    json.number("in_use", report.inUse)
    json.number("kept_dirty", report.keptDirty)
    json.bool("live", report.isLive)
    json.number("errors", report.errors)
    json.bool("dry_run", report.isDryRun)
    if report.isInterrupted { json.bool("complete", false) }
    if let obstacle = report.obstacle { json.text("obstacle", obstacle) }
    if let refusal = report.refusal { json.text("refusal", refusal.description) }
  }

  private static func write(_ amount: PurgeAmount, to json: inout JSONWriter) {
    json.number("volumes", amount.volumes)
    json.number("other_entries", amount.others)
    json.number("objects", amount.objects)
    json.number("disk_bytes", amount.diskBytes)
    json.number("dirty_objects", amount.dirtyObjects)
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    let root = EscapedBytes.string(report.root)
    if report.isDryRun {
      if report.planned == PurgeAmount(), !report.isInterrupted { return ["\(root): \(nothing)"] }
      if report.isInterrupted { return ["\(root): interrupted: what would be purged is not known"] }
      // The refusal says why none of it would.
      if report.obstacle != nil { return [] }
      let size = Quantity.size(report.planned.diskBytes)
      return ["\(root): \(Self.words(report.planned)) would be purged, \(size)\(pinned)"]
    }
    if report.planned == PurgeAmount(), report.errors == 0 { return ["\(root): \(nothing)"] }
    let isWhole = report.done == report.planned && report.errors == 0 && (report.leftGraves == 0 || report.isLive)
    let did = "\(Self.words(report.done)) purged, \(Quantity.size(report.freedBytes)) freed"
    var line = "\(root): " + (isWhole ? style.good(did) : did)
    if report.done != report.planned {
      line += "; planned were \(Self.words(report.planned))"
    }
    line += pinned
    if report.inUse > 0 { line += "; \(Quantity.count(report.inUse)) in use stay" }
    if report.keptDirty > 0 { line += "; \(Quantity.count(report.keptDirty)) dirty stay" }
    if report.isInterrupted { line += "; ended by a signal" }
    if report.leftGraves > 0, report.isLive {
      line += "; \(Quantity.count(report.leftGraves)) in the graveyard, which the daemon empties"
    } else if report.leftGraves > 0 {
      line += "; \(Quantity.count(report.leftGraves)) left in the graveyard, for 'cachefiles sweep'"
    }
    if report.errors > 0 { line += "; \(Quantity.count(report.errors, "error"))" }
    return [line]
  }

  /// What is said where nothing goes.
  private var nothing: String { report.pinned.objects > 0 ? "nothing to purge\(pinned)" : "nothing matches" }

  private var pinned: String {
    let kept = report.pinned
    return kept.objects > 0 ? "; \(Quantity.count(kept.objects)) with \(Quantity.size(kept.diskBytes)) pinned stay" : ""
  }

  private static func words(_ amount: PurgeAmount) -> String {
    let objects = Quantity.count(amount.objects, "object")
    let others = "\(Quantity.count(amount.others)) other entr\(amount.others == 1 ? "y" : "ies") of 'cache'"
    let what =
      switch (amount.volumes, amount.others) {
      case (0, 0): objects
      case (0, _): amount.objects > 0 ? objects : "\(others) without objects"
      case (_, 0): "\(Quantity.count(amount.volumes, "volume")) with \(objects)"
      default: "\(Quantity.count(amount.volumes, "volume")) and \(others) with \(objects)"
      }
    return amount.dirtyObjects > 0 ? "\(what) (\(Quantity.count(amount.dirtyObjects)) dirty)" : what
  }
}
