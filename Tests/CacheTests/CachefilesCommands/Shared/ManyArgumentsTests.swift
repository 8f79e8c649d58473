// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CachefilesCommands

@Suite("Arguments in masses")
struct ManyArgumentsTests {
  private func joined(_ divided: ManyArguments) -> [String] {
    divided.parsed + divided.rest.map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  @Test("What is divided is the same line again", arguments: [0, 1, 8, 199, 200, 201, 5000])
  func sameLine(count: Int) {
    let many = (0..<count).map { "path \($0)" }
    for line in [many, ["decode"] + many, ["decode", "--volume", "a"] + many, many + ["-r"], ["a", "-r"] + many] {
      #expect(joined(ManyArguments(line)) == line)
    }
  }

  @Test("The parser gets all options, and few of those that follow them")
  func few() {
    let many = (0..<300).map(String.init)
    #expect(ManyArguments(["cached", "--dir", "c"] + many).parsed == ["cached", "--dir", "c"] + many.prefix(7))
    #expect(ManyArguments(["cached", "-r"] + many).parsed == ["cached", "-r"] + many.prefix(8))
    // What follows them may be the value of an option, or a path.
    #expect(ManyArguments(many + ["--dir", "c"]).rest.isEmpty)
    #expect(ManyArguments(many + ["-"]).rest.isEmpty)
    #expect(ManyArguments(Array(many.prefix(200))).rest.isEmpty)
    #expect(ManyArguments(Array(many.prefix(201))).rest.count == 193)
  }
}
