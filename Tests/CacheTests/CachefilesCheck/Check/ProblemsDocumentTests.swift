// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

@testable import CachefilesCheck
@testable import CachefilesStore

/// Docs/Problems.md and the contract of the command line, held against the table of problems.
@Suite("The document of problems")
struct ProblemsDocumentTests {
  static let lines = Result {
    let package = Fixtures.package
    return try String(contentsOf: package.appendingPathComponent("Docs/Problems.md"), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  // MARK: What the document has to say

  /// The option that a repair needs at least; nil when there is none.
  static func option(_ kind: ProblemKind) -> String? {
    guard kind.repair != nil else { return nil }
    switch kind.consent {
    case .safe: return "-p"
    case .asked: return "-y"
    case .dirty: return "-y --include-dirty"
    }
  }

  /// The lines with which a section begins.
  static func facts(_ kind: ProblemKind) -> [String] {
    var repair = "reported only"
    if let verb = kind.repair, let option = option(kind) { repair = "`\(verb.rawValue)`, with `\(option)`" }
    return [
      "- severity: \(kind.severity.rawValue)", "- summary: \(kind.summary)", "- kernel: \(kind.kernel)",
      "- repair: \(repair)", "- lost: \(kind.loss)",
    ]
  }

  /// The line of the overview.
  static func row(_ kind: ProblemKind) -> String {
    let id = kind.id.rawValue
    let start = "| [\(id)](#\(id.lowercased())) | \(kind.severity.rawValue) | \(kind.summary) |"
    guard let verb = kind.repair, let option = option(kind) else { return "\(start) – | reported only | – |" }
    return "\(start) `\(verb.rawValue)` | `\(option)` | \(kind.loss) |"
  }

  /// What differs between a document and the table, one line each.
  static func differences(_ lines: [String]) -> [String] {
    var found: [String] = []
    func compare(_ what: String, _ actual: [String], _ expected: [String]) {
      for index in 0..<max(actual.count, expected.count) {
        let (one, other) = (index < actual.count ? actual[index] : "–", index < expected.count ? expected[index] : "–")
        if one != other { found.append("\(what): '\(one)' instead of '\(other)'") }
      }
    }
    compare("overview", lines.filter { $0.hasPrefix("| [") }, ProblemKind.table.map(row))
    let starts = lines.indices.filter { lines[$0].hasPrefix("### ") }
    compare("sections", starts.map { lines[$0] }, ProblemKind.table.map { "### \($0.id.rawValue)" })
    for (start, kind) in zip(starts, ProblemKind.table) {
      let facts = facts(kind)
      let section = lines[(start + 1)...].prefix { !$0.hasPrefix("#") }.filter { !$0.isEmpty }
      compare(kind.id.rawValue, Array(section.prefix(facts.count)), facts)
      if section.count <= facts.count { found.append("\(kind.id.rawValue): no explanation") }
    }
    return found
  }

  // MARK: Tests

  @Test("the document has each problem once, in order, with the words of the table")
  func inStep() throws {
    #expect(Self.differences(try Self.lines.get()) == [])
  }

  @Test("one changed word of what comes from the table is noticed")
  func noticesChanges() throws {
    let lines = try Self.lines.get()
    let fixed = Set(ProblemKind.table.flatMap { Self.facts($0) + [Self.row($0), "### \($0.id.rawValue)"] })
    var changed = 0
    for index in lines.indices where fixed.contains(lines[index]) {
      var other = lines
      let words = lines[index].split(separator: " ", omittingEmptySubsequences: false)
      other[index] = (words.dropLast() + ["other"]).joined(separator: " ")
      #expect(!Self.differences(other).isEmpty, "line \(index + 1): \(lines[index])")
      other.remove(at: index)
      #expect(!Self.differences(other).isEmpty, "without line \(index + 1): \(lines[index])")
      changed += 1
    }
    #expect(changed == ProblemKind.table.count * 7)
  }

  @Test("an anchor that the documents refer to exists")
  func anchors() throws {
    let lines = try Self.lines.get()
    let headings = Set(lines.filter { $0.hasPrefix("#") }.map { Self.anchor($0) })
    let text = lines.joined(separator: "\n")
    for link in text.matches(of: /\]\(#([^)]*)\)/) {
      #expect(headings.contains(String(link.1)), "\(link.1)")
    }
  }

  private static func anchor(_ heading: String) -> String {
    heading.drop { $0 == "#" || $0 == " " }.lowercased().filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" }
      .replacingOccurrences(of: " ", with: "-")
  }

  /// The contract of the command line, word for word.
  private enum Contract {
    static let safe = """
      R02 R03 V03 V04 V05 V06 V07 V09 F02 O01 O02 O03 O04 O05 O06 O07 O08 O09 O14 O19 O22 G03
      """
    static let asked = "V01 V02 V11 V12 O16 O17 O18 O20 O21 O24 R10 R11"
    static let dirty = "O10"
    static let reported = "R05 R06 R07 R08 R09 V10 O23 O25 O26 L01 L02"
    /// Those that the contract gives no repair, without naming them.
    static let unnamed = "R01 R04 V08 F01 F03 O11 O12 O13 O15 O27 G01 G02"

    static let errors = "R01 R02 R03 R05 R06 R07 V03 V04 V05 F02 O06 O07 O19 O25 O26 G03 L02"
    static let warnings = """
      V01 V02 V06 V07 V09 V11 V12 O01 O02 O03 O04 O05 O08 O09 O10 O14 O17 O18 O21 O22
      """
    static let notes = "R04 R08 R09 R10 R11 V08 V10 F01 F03 O11 O12 O13 O15 O16 O20 O23 O24 O27 G01 G02 L01"

    static func ids(_ text: String) -> Set<String> { Set(text.split(separator: " ").map(String.init)) }
  }

  private static func ids(where matches: (ProblemKind) -> Bool) -> Set<String> {
    Set(ProblemKind.table.filter(matches).map(\.id.rawValue))
  }

  @Test("what each option repairs is what the contract says")
  func repairsOfContract() {
    #expect(Self.ids { Self.option($0) == "-p" } == Contract.ids(Contract.safe))
    #expect(Self.ids { Self.option($0) == "-y" } == Contract.ids(Contract.asked))
    #expect(Self.ids { Self.option($0) == "-y --include-dirty" } == Contract.ids(Contract.dirty))
    #expect(Self.ids { $0.repair == nil } == Contract.ids(Contract.reported).union(Contract.ids(Contract.unnamed)))
  }

  @Test("severities are those of the contract")
  func severitiesOfContract() {
    #expect(Self.ids { $0.severity == .error } == Contract.ids(Contract.errors))
    #expect(Self.ids { $0.severity == .warning } == Contract.ids(Contract.warnings))
    #expect(Self.ids { $0.severity == .note } == Contract.ids(Contract.notes))
  }

  @Test("every problem id in the documents exists")
  func allIdsKnown() throws {
    let package = Fixtures.package
    let known = Set(ProblemID.allCases.map(\.rawValue))
    for name in ["README.md", "Docs/Fsck.md", "Docs/Problems.md", "Docs/Architecture.md"] {
      let text = try String(contentsOf: package.appendingPathComponent(name), encoding: .utf8)
      for match in text.matches(of: /\b[RVFOGL][0-9]{2}\b/) {
        #expect(known.contains(String(match.0)), "\(name): \(match.0)")
      }
    }
  }
}
