// SPDX-License-Identifier: Apache-2.0
import CachefilesCheck
import CachefilesFormat
import CachefilesStore

/// The report of a check.
struct CheckView: Renderable {
  let report: CheckReport

  /// Without `--verbose`, so many paths of each problem are printed.
  private static let shownPaths = 5

  /// Whether a repair was refused before anything was looked at.
  var isRefusedUnseen: Bool {
    report.refusal != nil && report.scanned == CheckReport.Scanned() && report.groups.isEmpty
  }

  // MARK: JSON

  static func write(_ scanned: CheckReport.Scanned, to json: inout JSONWriter) {
    json.number("volumes", scanned.volumes)
    json.number("fanouts", scanned.fanouts)
    json.number("objects", scanned.objects)
    json.number("graveyard_entries", scanned.graveyardEntries)
  }

  func write(to json: inout JSONWriter) {
    json.root(report.root)
    if isRefusedUnseen { json.null("generation") } else { json.text("generation", report.generation.rawValue) }
    if let live = report.liveness.isLive { json.bool("live", live) } else { json.null("live") }
    report.daemon?.write(to: &json)
    json.object("scanned") { Self.write(report.scanned, to: &$0) }
    if json.isPretty {
      json.array("problems") { json in
        for group in report.groups {
          for finding in group.findings { json.object { FindingLines.write(finding, root: report.root, to: &$0) } }
        }
      }
    }
    json.object("counts") { json in
      for group in report.groups {
        json.key(group.kind.id.rawValue)
        json.number(nil, group.count)
      }
    }
    json.number("repaired", report.groups.reduce(0) { $0 + $1.repaired })
    json.number("affected_bytes", affectedBytes)
    json.number("errors", report.errors)
    json.bool("partial", report.isPartial)
    if !report.unseen.isEmpty {
      json.array("unseen") { json in for unseen in report.unseen { json.text(nil, unseen.id.rawValue) } }
    }
    if let journal = report.journal { json.bytes("journal", journal) }
    if let next = report.nextVolume { json.bytes("next_volume", next) }
    if let refusal = report.refusal { json.text("refusal", refusal.description) }
    json.nanoseconds("duration_ns", report.duration)
    json.number("exit", report.exit)
  }

  // MARK: Text

  func lines(_ style: Style, verbose: Bool) -> [String] {
    var lines: [String] = []
    let shown = report.groups.filter { verbose || $0.severity > .note }
    for group in shown { lines += self.lines(of: group, style, verbose: verbose) + [""] }
    let hidden = report.groups.filter { !verbose && $0.severity <= .note }
    if !hidden.isEmpty {
      let ids = hidden.map { "\($0.kind.id.rawValue) (\(Quantity.count($0.count)))" }.joined(separator: ", ")
      lines += style.folded("Notes, which --verbose explains: \(ids)", indent: 2).map(style.faint)
    }
    if let journal = report.journal {
      let path = EscapedBytes.string(journal)
      lines.append("Journal: \(path)")
      lines.append(
        report.deletes
          ? "  to take back what was not deleted: cachefiles-fsck --undo \(path)"
          : "  to put everything back, before a sweep or a start of cachefilesd: cachefiles-fsck --undo \(path)")
    }
    if let next = report.nextVolume {
      lines.append("Out of time; continue with: --start-at '\(Self.shellText(next))'")
    }
    if report.liveness == .live {
      let text = "The cache is in use\(report.daemon.words): findings may be in motion, and dirty objects are normal."
      lines += style.folded(text, indent: 0).map(style.faint)
    }
    if report.generation == .legacy || report.generation == .mixed {
      lines.append(style.faint("Objects of the layout before Linux 5.17 are counted, not checked."))
    }
    lines += style.folded(verdict(style), indent: 2)
    lines += style.folded(limits, indent: 0).map(style.faint)
    return lines
  }

  private var limits: String {
    "Not visible here: " + report.unseen.map { "\($0.words), " }.joined()
      + "stale copies, and wrong bytes in sound objects; 'cachefiles verify' compares with the server."
  }

  /// The escaped form of bytes, fit to stand between single quotes in a shell.
  private static func shellText(_ bytes: [UInt8]) -> String {
    EscapedBytes.string(bytes).split(separator: "'", omittingEmptySubsequences: false).joined(separator: "\\x27")
  }

  private func lines(of group: CheckReport.Group, _ style: Style, verbose: Bool) -> [String] {
    let kind = group.kind
    let label = "\(kind.id.rawValue) \(group.severity.rawValue)"
    let heading = "\(colour(group.severity, label, style))  \(style.strong(heading(group)))"
    var lines = style.folded(heading, indent: 2) + style.labelled("  kernel: ", kind.kernel)
    if let repair = repairLine(group) { lines += style.labelled("  repair: ", repair) }
    let paths = verbose ? group.findings.count : Self.shownPaths
    for finding in group.findings.prefix(paths) {
      let mark = finding.isRepaired ? style.good("repaired") + " " : ""
      lines += style.labelled("    ", "\(mark)\(EscapedBytes.string(finding.path)): \(finding.line)")
    }
    let rest = group.count - min(paths, group.findings.count)
    if rest > 0 {
      let hint = verbose || group.findings.count <= paths ? "--jsonl streams all" : "--verbose lists more"
      lines.append(style.faint("    … and \(Quantity.count(rest)) more (\(hint))"))
    }
    return lines
  }

  private func heading(_ group: CheckReport.Group) -> String {
    let size = group.diskBytes > 0 ? ", \(Quantity.size(group.diskBytes))" : ""
    return "\(group.kind.summary): \(Quantity.count(group.count))\(size)"
  }

  private func repairLine(_ group: CheckReport.Group) -> String? {
    let kind = group.kind
    // A volume whose header is not constant is buried where others get theirs back.
    let verbs = RepairVerb.allCases.filter { verb in group.findings.contains { $0.repair == verb } }
    if verbs.isEmpty { return nil }
    let what = verbs.map(infinitive).joined(separator: ", or ")
    if group.repaired == group.count { return "done (\(what))" }
    if group.repaired > 0, !group.findings.contains(where: { !$0.isRepaired && $0.repair != nil }) {
      // What is left stays for the reasons that its lines give.
      return "done for \(Quantity.count(group.repaired)) (\(what)), not for the others"
    }
    let left = group.repaired > 0 ? "done for \(Quantity.count(group.repaired)); for the others " : ""
    let how =
      switch kind.consent {
      case .safe: "-p or -y"
      case .asked: "-y"
      case .dirty: "-y --include-dirty"
      }
    return "\(left)\(how) will \(what); lost: \(kind.loss)"
  }

  private func infinitive(of repair: RepairVerb) -> String {
    report.deletes && repair == .bury ? "delete it" : repair.infinitive
  }

  private func colour(_ severity: Severity, _ text: String, _ style: Style) -> String {
    switch severity {
    case .error: style.bad(text)
    case .warning: style.warning(text)
    case .note, .ignore: style.faint(text)
    }
  }

  /// Bytes of what problems affect; an object with two problems counts twice.
  private var affectedBytes: UInt64 {
    report.groups.filter { $0.severity > .note }.reduce(0) { $0 &+ $1.diskBytes }
  }

  private func verdict(_ style: Style) -> String {
    // After a repair only what is left counts.
    func number(_ severity: Severity) -> Int {
      report.groups.filter { $0.severity == severity }.reduce(0) { $0 + $1.count - $1.repaired }
    }
    let (errors, warnings, notes) = (number(.error), number(.warning), number(.note))
    let repaired = report.groups.reduce(0) { $0 + $1.repaired }
    let problems = report.groups.filter { $0.severity > .note }
    let left = problems.reduce(0) { $0 + $1.count - $1.repaired }
    let word: String
    if report.isInterrupted || report.nextVolume != nil || report.refusal != nil || report.errors > 0 {
      word = left > 0 ? style.bad("incomplete, not clean") : style.warning("incomplete, clean so far")
    } else if left > 0 {
      word = style.bad("not clean")
    } else {
      let rest = report.isPartial ? ", as far as it was checked" : ""
      word = style.good((repaired > 0 ? "repaired" : "clean") + rest)
    }
    var parts = report.isRepair ? ["\(Quantity.count(repaired)) repaired"] : []
    let (kept, rest) = (report.isRepair && repaired > 0 ? " left" : "", Quantity.count(notes, "note"))
    parts += [Quantity.count(errors, "error"), Quantity.count(warnings, "warning"), rest + kept]
    if affectedBytes > 0, left > 0 || !report.isRepair { parts.append("\(Quantity.size(affectedBytes)) affected") }
    if report.errors > 0 { parts.append("\(Quantity.count(report.errors)) unreadable or not done") }
    let looked =
      "\(Quantity.count(report.scanned.objects, "object")) in \(Quantity.count(report.scanned.volumes, "volume"))"
    return "\(EscapedBytes.string(report.root)): \(word): \(parts.joined(separator: ", ")); \(looked), "
      + Quantity.span(report.duration)
  }
}
