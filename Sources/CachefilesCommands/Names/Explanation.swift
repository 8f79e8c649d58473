// SPDX-License-Identifier: Apache-2.0
import CachefilesCheck
import CachefilesHost

/// What is known of an id: a problem, a finding or an erratum.
struct Explanation {
  /// What has the id.
  enum Kind: String {
    case problem, finding, erratum
  }

  let id: String
  let kind: Kind
  /// A few words.
  let summary: String
  /// The section of a document; empty for findings, whose table has everything.
  var lines: [Substring] = []
  /// What to do, for findings.
  var advice = ""

  /// All, in the order of their documents.
  static var all: [Explanation] {
    ProblemKind.table.map { Explanation(id: $0.id.rawValue, kind: .problem, summary: $0.summary) }
      + Symptom.table.map { Explanation(id: $0.id.rawValue, kind: .finding, summary: $0.meaning, advice: $0.advice) }
      + EmbeddedDocument.errata.sections(level: 3).filter { $0.title.contains(". ") }.map {
        Explanation(
          id: $0.name, kind: .erratum, summary: String($0.title.dropFirst($0.name.count + 2)), lines: $0.lines)
      }
  }

  /// The one with an id, in any case of letters.
  static func of(_ id: String) -> Explanation? {
    guard var found = all.first(where: { $0.id.lowercased() == id.lowercased() }) else { return nil }
    if found.kind == .problem { found.lines = EmbeddedDocument.problems.section(named: found.id)?.lines ?? [] }
    return found
  }

  /// What the document says, for a terminal.
  var text: [String] { PlainMarkdown.lines(lines) }
}
