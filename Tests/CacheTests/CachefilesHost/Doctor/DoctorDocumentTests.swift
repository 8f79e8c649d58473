// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

@testable import CachefilesHost
@testable import CachefilesStore

/// Docs/Doctor.md, held against the table of symptoms.
@Suite("The document of the doctor")
struct DoctorDocumentTests {
  private static func lines() throws -> [String] {
    let package = Fixtures.package
    return try String(contentsOf: package.appendingPathComponent("Docs/Doctor.md"), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The row of a symptom.
  private static func row(_ symptom: Symptom) -> String {
    let advice = symptom.advice.isEmpty ? "–" : symptom.advice
    return "| `\(symptom.id.rawValue)` | \(symptom.status.rawValue) | \(symptom.meaning) | \(advice) |"
  }

  /// The heading of a group.
  private static func heading(_ group: SymptomGroup) -> String {
    switch group {
    case .kernel: "## The kernel"
    case .directory: "## The directory"
    case .fileSystem: "## The file system"
    case .limits: "## Limits"
    case .configuration: "## The configuration"
    case .mounts: "## Mounts"
    case .log: "## The log"
    }
  }

  @Test("the document has each symptom once, under its group, with the words of the table")
  func inStep() throws {
    let lines = try Self.lines()
    for group in SymptomGroup.allCases {
      let start = try #require(lines.firstIndex(of: Self.heading(group)), "\(group)")
      let section = lines[(start + 1)...].prefix { !$0.hasPrefix("## ") }
      let expected = Symptom.table.filter { $0.group == group }.map(Self.row)
      #expect(section.filter { $0.hasPrefix("| `") } == expected, "\(group)")
    }
    #expect(lines.filter { $0.hasPrefix("| `") && $0.contains("` | ") }.count == Symptom.table.count)
  }

  @Test("whatever is not ok has advice of one line, whatever is ok has none, and no two ids are alike")
  func advice() {
    for symptom in Symptom.table {
      #expect(symptom.advice.isEmpty == (symptom.status == .ok), "\(symptom.id.rawValue)")
      #expect(!symptom.advice.contains("\n") && symptom.advice.count <= 110, "\(symptom.id.rawValue)")
      #expect(symptom.id.rawValue.range(of: "^[a-z]+(-[a-z]+)*$", options: .regularExpression) != nil)
    }
    #expect(Set(Symptom.table.map(\.id)).count == SymptomID.allCases.count)
  }

  @Test("each kind of defect of a configuration has a symptom of its own")
  func traps() {
    let symptoms = DaemonConfiguration.Trap.allCases.map { SymptomID($0) }
    #expect(Set(symptoms).count == symptoms.count)
    for (trap, symptom) in zip(DaemonConfiguration.Trap.allCases, symptoms) {
      #expect(symptom.rawValue == "config-\(trap.rawValue)")
    }
  }

  @Test("each option of the command that the documents name exists")
  func ignored() throws {
    for line in try Self.lines() {
      for match in line.matches(of: /--ignore ([a-z,-]+)/) {
        for name in match.1.split(separator: ",") { #expect(SymptomID(rawValue: String(name)) != nil, "\(name)") }
      }
    }
  }
}
