// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Foundation
import Testing

@testable import FuzzChecks

/// What the fuzzer has found worth keeping, without the fuzzer.
@Suite("Inputs of the fuzzer")
struct CorpusTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Corpus")

  @Test("each input that is kept has the properties of its family", arguments: Family.allCases)
  func replay(family: Family) throws {
    try #require(Family.isComplete)
    let file = Self.folder.appendingPathComponent("\(family.rawValue).txt")
    let inputs = Corpus.inputs([UInt8](try Data(contentsOf: file)))
    #expect(inputs.count > 5)
    for (number, input) in inputs.enumerated() {
      do { try family.check(input) } catch { Issue.record("\(family) \(number + 1): \(error)") }
    }
  }

  @Test("the checks find what is wrong: texts that are no JSON, control characters, and fields twice")
  func violations() throws {
    for text in [
      "", "{", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "[01]", "\"\n\"", "[1] 2", "\"\\x\"", "nul", "1.", "[1,,2]",
    ] {
      #expect(throws: Violation.self, "\(text)") { try JSONText.check(Array(text.utf8)) }
    }
    try JSONText.check(Array("{\"a\":[1,-2.5e+3,null,true],\"b\":\"\\u0041\"}".utf8))
    #expect(throws: Violation.self) { try Fields.printable("a\u{1b}[31m") }
    #expect(throws: Violation.self) { try Fields.check([NetfsField("a", .number(1)), NetfsField("a", .number(2))]) }
  }

  @Test("inputs are read as they are written")
  func corpus() {
    #expect(Corpus.inputs(Array("a\\\\b\\x00\\z{3}.\n.\n..\n".utf8)) == [[97, 92, 98, 0, 0, 0, 0], [], [46]])
  }

  @Test("families and files of inputs are the same")
  func names() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(Set(files) == Set(Family.allCases.map { "\($0.rawValue).txt" }))
  }
}
