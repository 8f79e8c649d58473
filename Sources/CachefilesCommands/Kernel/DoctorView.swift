// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore

/// What the doctor found.
struct DoctorView: Renderable {
  let diagnosis: Diagnosis
  /// Whether the first line is all.
  var isBrief = false
  /// Figures for the first line; empty without.
  var figures = ""

  func write(to json: inout JSONWriter) {
    json.root(diagnosis.root)
    json.text("status", diagnosis.status.rawValue)
    json.text("summary", summary)
    json.array("checks") { json in
      for check in diagnosis.checks {
        json.object { json in
          json.text("id", check.id.rawValue)
          json.text("group", check.group.rawValue)
          json.text("status", check.status.rawValue)
          json.bytes("subject", check.subject)
          json.text("message", check.message)
          json.text("advice", check.advice)
        }
      }
    }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    var lines = [paint(diagnosis.status, summary, style) + (figures.isEmpty ? "" : " | " + figures)]
    if isBrief { return lines }
    for group in SymptomGroup.allCases {
      let checks = diagnosis.checks.filter { $0.group == group }
      if checks.isEmpty { continue }
      lines += ["", style.strong(group.rawValue)]
      for (index, check) in checks.enumerated() {
        let text = style.folded(Self.text(check), indent: Self.markWidth + 2)
        lines.append("  " + paint(check.status, Self.mark(check.status), style) + text[0])
        lines += text.dropFirst()
        // The same advice for several things in a row stands once, after the last of them.
        let isLast = index + 1 == checks.count || checks[index + 1].id != check.id
        if isLast, check.status != .ok, !check.advice.isEmpty {
          let advice = style.folded(check.advice, indent: Self.markWidth + 4)
          lines.append(String(repeating: " ", count: Self.markWidth + 2) + "→ " + advice[0])
          lines += advice.dropFirst()
        }
      }
    }
    return lines
  }

  /// The line for monitoring: `CACHEFILES WARNING: 2 warnings: …`.
  var summary: String {
    let status = diagnosis.status
    let start = "CACHEFILES \(status.rawValue.uppercased()): "
    // The order in which they count.
    let ordered = [HealthStatus.critical, .warning, .unknown].map { status in
      diagnosis.checks.filter { $0.status == status }
    }.filter { !$0.isEmpty }
    if ordered.isEmpty {
      return start + "\(diagnosis.checks.count) checks of \(EscapedBytes.string(diagnosis.root))"
    }
    let counts = ordered.map { checks in
      switch checks[0].status {
      case .warning: Quantity.count(checks.count, "warning")
      default: "\(checks.count) \(checks[0].status.rawValue)"
      }
    }
    // A pipe would begin the figures of a plugin.
    let facts = ordered.flatMap { $0 }.prefix(Self.summaryLimit).map { Self.text($0).replacing("|", with: "\\x7c") }
    let rest = ordered.reduce(0) { $0 + $1.count } - facts.count
    return start + counts.joined(separator: ", ") + ": " + facts.joined(separator: "; ")
      + (rest > 0 ? "; and \(rest) more" : "")
  }

  /// How many facts the first line has.
  private static let summaryLimit = 4
  private static let markWidth = 10

  private static func mark(_ status: HealthStatus) -> String {
    let word = status == .ok ? "ok" : status.rawValue.uppercased()
    return word + String(repeating: " ", count: markWidth - word.count)
  }

  private static func text(_ check: HealthCheck) -> String {
    check.subject.isEmpty ? check.message : "\(EscapedBytes.string(check.subject)): \(check.message)"
  }

  private func paint(_ status: HealthStatus, _ text: String, _ style: Style) -> String {
    switch status {
    case .ok: style.good(text)
    case .warning, .unknown: style.warning(text)
    case .critical: style.bad(text)
    }
  }
}
