// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import CachefilesSurvey
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@Suite("A history")
struct HistoryTests {
  private func cache(_ scratch: ScratchDirectory) throws -> Store {
    let path = scratch.path + "/cache-root"
    try FileManager.default.createDirectory(atPath: path + "/cache", withIntermediateDirectories: true)
    return try Store(path: FilePath(path))
  }

  /// For lines of letters: one is whole when it ends with a full stop, and somebody's when it begins with a mark.
  private static func judge(_ tail: [UInt8]) -> History.Tail {
    tail.first == UInt8(ascii: "!") ? .foreign : tail.last == UInt8(ascii: ".") ? .record : .remainder
  }

  private func text(_ scratch: ScratchDirectory) -> String? {
    try? String(contentsOfFile: scratch.path + "/history/stats.jsonl", encoding: .utf8)
  }

  @Test("is made where there is none, and gets one line after another")
  func appends() throws {
    let scratch = ScratchDirectory()
    let store = try cache(scratch)
    for number in 1...3 {
      try History(FilePath(scratch.path + "/history"), about: store).append(
        Array("line \(number)\n".utf8), judgingTail: Self.judge)
    }
    #expect(text(scratch) == "line 1\nline 2\nline 3\n")
  }

  @Test("is not made in the cache, nor by a link that leads there")
  func notInTheCache() throws {
    let scratch = ScratchDirectory()
    let store = try cache(scratch)
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path + "/link", withDestinationPath: scratch.path + "/cache-root/cache")
    for place in ["cache-root", "cache-root/cache", "cache-root/history", "cache-root/cache/history", "link"] {
      #expect(throws: StoreError.self) {
        _ = try History(FilePath(scratch.path + "/" + place), about: store)
      }
    }
    #expect(try FileManager.default.subpathsOfDirectory(atPath: scratch.path + "/cache-root") == ["cache"])
  }

  @Test("loses what a crash left of a line, and nothing else")
  func torn() throws {
    let scratch = ScratchDirectory()
    let store = try cache(scratch)
    let history = try History(FilePath(scratch.path + "/history"), about: store)
    try "whole\nhal".write(toFile: scratch.path + "/history/stats.jsonl", atomically: false, encoding: .utf8)
    try history.append(Array("next\n".utf8), judgingTail: Self.judge)
    #expect(text(scratch) == "whole\nnext\n")
  }

  @Test("a whole record that lost its newline gets it back, and what is somebody's stays")
  func tails() throws {
    let scratch = ScratchDirectory()
    let store = try cache(scratch)
    let history = try History(FilePath(scratch.path + "/history"), about: store)
    let file = scratch.path + "/history/stats.jsonl"
    try "one.\ntwo.".write(toFile: file, atomically: false, encoding: .utf8)
    try history.append(Array("next.\n".utf8), judgingTail: Self.judge)
    #expect(text(scratch) == "one.\ntwo.\nnext.\n")
    for foreign in ["!mine", "one.\n!mine"] {
      try foreign.write(toFile: file, atomically: false, encoding: .utf8)
      #expect(throws: StoreError.self) { try history.append(Array("next.\n".utf8), judgingTail: Self.judge) }
      #expect(text(scratch) == foreign)
    }
  }

  @Test("refuses a file that is none of its own, and a link in its place")
  func foreign() throws {
    let scratch = ScratchDirectory()
    let store = try cache(scratch)
    let history = try History(FilePath(scratch.path + "/history"), about: store)
    let foreign = Data(repeating: 65, count: History.longestLine + 1)
    try foreign.write(to: URL(fileURLWithPath: scratch.path + "/history/stats.jsonl"))
    #expect(throws: StoreError.self) { try history.append(Array("line\n".utf8), judgingTail: Self.judge) }
    #expect(FileManager.default.contents(atPath: scratch.path + "/history/stats.jsonl") == foreign)
    try FileManager.default.removeItem(atPath: scratch.path + "/history/stats.jsonl")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path + "/history/stats.jsonl", withDestinationPath: scratch.path + "/elsewhere")
    #expect(throws: StoreError.self) { try history.append(Array("line\n".utf8), judgingTail: Self.judge) }
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/elsewhere"))
  }

  @Test("keeps all lines of runs at the same time")
  func together() throws {
    let scratch = ScratchDirectory()
    let store = try cache(scratch)
    let path = FilePath(scratch.path + "/history")
    _ = try History(path, about: store)
    DispatchQueue.concurrentPerform(iterations: 8) { number in
      do {
        let own = try Store(path: FilePath(scratch.path + "/cache-root"))
        for turn in 0..<5 {
          try History(path, about: own).append(Array("\(number).\(turn)\n".utf8), judgingTail: Self.judge)
        }
      } catch { Issue.record(error) }
    }
    let lines = (text(scratch) ?? "").split(separator: "\n")
    #expect(Set(lines).count == 40 && lines.count == 40)
  }

  @Test("has the line whole or not at all, whichever call fails")
  func faults() throws {
    for ordinal in 1...200 {
      let scratch = ScratchDirectory()
      let store = try cache(scratch)
      try History(FilePath(scratch.path + "/history"), about: store).append(
        Array("old\n".utf8), judgingTail: Self.judge)
      var failure: StoreError?
      let plan = FaultPlan(ordinal: ordinal, with: .noSpace)
      plan.run {
        do throws(StoreError) {
          try History(FilePath(scratch.path + "/history"), about: store).append(
            Array("new\n".utf8), judgingTail: Self.judge)
        } catch { failure = error }
      }
      #expect(text(scratch) == (failure == nil ? "old\nnew\n" : "old\n"))
      if plan.watched < ordinal {
        #expect(failure == nil && ordinal > 8)
        return
      }
    }
    Issue.record("more calls than were made to fail")
  }
}
