// SPDX-License-Identifier: Apache-2.0
import CAttr
import Foundation
import TestSupport
import Testing

/// `cachefiles-fsck` stopped and killed in the middle of its work.
@Suite("Signals to fsck", .enabled(if: geteuid() == 0, "needs root"))
struct FsckSignalTests {
  let scratch = ScratchDirectory()
  private static let program = Command.productDirectory + "/cachefiles-fsck"
  private static let objects = 3000

  /// A cache whose objects all lack the attribute.
  init() throws {
    let made = try Command.cachefiles(
      ["sample", "--quiet", "--data", "0", "--objects", "\(Self.objects)", "\(scratch.path)/c"])
    #expect(made.status == 0)
    for entry in NaiveWalk.entries("\(scratch.path)/c/cache") where entry.isRegular {
      removexattr("\(scratch.path)/c/cache/\(String(decoding: entry.path, as: UTF8.self))", "user.CacheFiles.cache")
    }
  }

  private func start(_ arguments: [String]) throws -> RunningCommand {
    try RunningCommand(arguments + ["--jsonl", "c"], program: Self.program, directory: scratch.path)
  }

  private func run(_ arguments: [String]) throws -> CommandResult {
    try Command.run(Self.program, arguments, directory: scratch.path)
  }

  private func buried() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/c/graveyard").count
  }

  @Test("a check that is interrupted says so", arguments: SignalTests.signals)
  func interruptedCheck(signal: Int32) throws {
    let command = try start([])
    command.waitForOutput()
    command.send(signal)
    let result = command.finish()
    #expect(result.status & 32 != 0)
    #expect(result.status & 4 != 0)
    let last = try #require(result.text.split(separator: "\n").last)
    #expect(try JSONValue(parsing: Array(last.utf8))["exit"]?.integer == Int64(result.status))
  }

  @Test(
    "a repair that is interrupted ends between two batches, and the next one finishes it",
    arguments: SignalTests.signals)
  func interruptedRepair(signal: Int32) throws {
    let command = try start(["-y", "--journal", "first"])
    command.waitForOutput()
    command.send(signal)
    let result = command.finish()
    #expect(result.status == 1 + 4 + 32)
    let done = try buried()
    #expect((1..<Self.objects).contains(done))
    #expect(result.text.split(separator: "\n").filter { $0.contains("\"repaired\":true") }.count == done)
    try finish()
  }

  @Test("a repair that is killed can be finished, and everything can be put back")
  func killedRepair() throws {
    let command = try start(["-y", "--journal", "first"])
    // It stands still where the pipe is full.
    command.waitForOutput()
    while try buried() == 0 { usleep(1000) }
    usleep(50_000)
    command.send(SIGKILL)
    #expect(command.finish().status == 128 + SIGKILL)
    #expect((1..<Self.objects).contains(try buried()))
    try finish()
  }

  /// The next run mends the rest, the one after it finds nothing, and two undos bring everything back.
  private func finish() throws {
    let before = NaiveWalk.entries("\(scratch.path)/c/cache").filter(\.isRegular).count
    #expect(try run(["-y", "--journal", "second", "c"]).status == 1)
    #expect(try buried() == Self.objects)
    #expect(try run(["c"]).status == 0)
    #expect(before < Self.objects)
    #expect(try run(["--undo", "second"]).status == 0)
    #expect(try run(["--undo", "first"]).status == 0)
    #expect(try buried() == 0)
    #expect(NaiveWalk.entries("\(scratch.path)/c/cache").filter(\.isRegular).count == Self.objects)
  }
}
