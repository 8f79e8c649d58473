// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// `cachefiles copy` stopped and killed in the middle of its work.
@Suite("Signals to copy")
struct CopySignalTests {
  let scratch = ScratchDirectory()
  private static let objects = 4000

  init() throws {
    let made = try Command.cachefiles(
      ["sample", "--quiet", "--data", "4K", "--objects", "\(Self.objects)", "\(scratch.path)/c"])
    #expect(made.status == 0)
  }

  /// Starts a copy and waits until it has copied something.
  private func start() throws -> RunningCommand {
    let command = try RunningCommand(["copy", "--json", "--threads", "1", "c", "d"], directory: scratch.path)
    while copied() == 0, command.isRunning { usleep(1000) }
    return command
  }

  private func copied() -> Int { NaiveWalk.entries("\(scratch.path)/d/cache").count { $0.isRegular } }

  /// The next run copies the rest, and nothing temporary is left.
  private func finish(_ done: Int) throws {
    let result = try Command.cachefiles(["copy", "--json", "--verify", "c", "d"], directory: scratch.path)
    #expect(result.status == 0, "\(result.errorText)")
    let document = try JSONValue(parsing: result.output)
    #expect(document["copied_objects"]?.integer == Int64(Self.objects - done))
    #expect(document["verified"]?.integer == Int64(Self.objects))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/d").sorted() == ["cache", "graveyard"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/d/graveyard").isEmpty)
  }

  @Test(
    "a copy that is interrupted prints what was done, leaves nothing temporary, and can be resumed",
    arguments: SignalTests.signals)
  func interrupted(signal: Int32) throws {
    let command = try start()
    command.send(signal)
    let result = command.finish()
    #expect(result.status == 128 + signal)
    #expect(result.errorText.isEmpty)
    let done = copied()
    #expect((1..<Self.objects).contains(done))
    #expect(try JSONValue(parsing: result.output)["copied_objects"]?.integer == Int64(done))
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/d/graveyard").isEmpty)
    try finish(done)
  }

  @Test(
    "a copy whose source may have come up is a failure of what was begun, and can be resumed",
    .enabled(if: geteuid() == 0, "needs root"))
  func stopped() throws {
    let command = try start()
    // Nothing can be asked in an immutable directory, so that nobody knows whether the cache is in use.
    #expect(try Command.run("/usr/bin/chattr", ["+i", "\(scratch.path)/c"]).status == 0)
    let result = command.finish()
    #expect(try Command.run("/usr/bin/chattr", ["-i", "\(scratch.path)/c"]).status == 0)
    #expect(result.status == 1)
    #expect(result.errorText.contains("stopped: it cannot be told whether the cache is in use"))
    let done = copied()
    #expect((1..<Self.objects).contains(done))
    try finish(done)
  }

  @Test("a copy that is killed can be resumed")
  func killed() throws {
    let command = try start()
    command.send(SIGKILL)
    #expect(command.finish().status == 128 + SIGKILL)
    let done = copied()
    #expect((1..<Self.objects).contains(done))
    try finish(done)
  }
}
