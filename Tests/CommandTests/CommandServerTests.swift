// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The server that runs programs as forks of itself, which Tests/trees.py, races.py and faults.py stand on.
@Suite("Programs in processes that were forked")
struct CommandServerTests {
  let scratch = ScratchDirectory()

  /// Asks the server, and gives its answers.
  private func ask(_ requests: [[String]]) throws -> [[Int]] {
    var input: [UInt8] = []
    for fields in requests {
      let body = Array(fields.joined(separator: "\0").utf8)
      withUnsafeBytes(of: UInt32(body.count).littleEndian) { input += Array($0) }
      input += body
    }
    let result = try Command.run(Command.productDirectory + "/command-server", [], input: input)
    #expect(result.status == 0)
    return result.text.split(separator: "\n").map { line in line.split(separator: " ").map { Int($0) ?? -1000 } }
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(scratch.path)/\(name)", encoding: .utf8)
  }

  @Test(
    "threads of a process that went on after fork come to the same global for the first time", .timeLimit(.minutes(1)))
  func globals() throws {
    for answer in try ask(Array(repeating: ["globals"], count: 10)) { #expect(answer.first == 0) }
  }

  @Test("a program ends with its status and its output")
  func status() throws {
    let (out, err) = ("\(scratch.path)/out", "\(scratch.path)/err")
    func run(_ arguments: String...) -> [String] { ["run", "-", "20", "", out, err, scratch.path] + arguments }
    let answers = try ask([
      run("cachefiles-fsck", "nosuch"), run("cachefiles", "encode", "--text", "a"), ["what"],
    ])
    #expect(answers.map(\.first) == [8, 0, -1000])
    #expect(try text("out") == "Da\n")
  }

  #if DEBUG
    @Test("a call fails, and the process is killed before a change, where the plan says so")
    func plans() throws {
      let (out, err) = ("\(scratch.path)/out", "\(scratch.path)/err")
      func sample(_ fault: String, _ name: String) -> [String] {
        ["run", fault, "20", "", out, err, scratch.path, "cachefiles", "sample", "--quiet", name]
      }
      #expect(try ask([sample("record", "a")]).first?.first == 0)
      let calls = try text("out.c").split(separator: "\n")
      #expect(calls.contains("mkdirat*") && calls.contains("openat"))
      let first = try #require(calls.firstIndex(of: "mkdirat*")) + 1
      #expect(try ask([sample("fail \(first) 28", "b")]).first?.first == 1)
      #expect(try text("err").contains("No space left on device"))
      #expect(try ask([sample("kill 10", "c")]).first?.first == -9)
      #expect(try FileManager.default.subpathsOfDirectory(atPath: "\(scratch.path)/c").count < calls.count)
    }
  #endif
}
