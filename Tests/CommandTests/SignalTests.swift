// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// SIGINT, SIGTERM and SIGHUP in the middle of work: what was done is printed, nothing is left behind, and the exit status is
/// 128 and the signal's number.
@Suite("Signals")
struct SignalTests {
  let scratch = ScratchDirectory()

  /// Below nohup(1) SIGHUP is ignored, also by what is started here.
  static let signals: [Int32] = {
    var action = sigaction()
    sigaction(SIGHUP, nil, &action)
    let isIgnored = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    return [SIGINT, SIGTERM] + (isIgnored ? [] : [SIGHUP])
  }()

  private func sample(objects: Int) throws {
    let made = try Command.cachefiles(
      ["sample", "--quiet", "--data", "0", "--objects", "\(objects)", "\(scratch.path)/c"])
    #expect(made.status == 0)
  }

  /// Starts a command with the most descriptors with which every directory below the first ones is a failure: how many these
  /// are depends on what the libraries have open, those that a test runs under among them.
  private func starved(
    _ arguments: [String], trial: [String], writing file: String? = nil, errors: (JSONValue) -> Int?
  ) throws -> RunningCommand {
    let program = Command.productDirectory + "/cachefiles"
    for count in (4...16).reversed() {
      let limit = "--nofile=\(count)"
      let result = try Command.run("/usr/bin/prlimit", [limit, program] + trial, directory: scratch.path)
      let text = try file.map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: $0))) } ?? result.output
      guard !text.isEmpty, let json = try? JSONValue(parsing: text),
        let failed = errors(json), failed > 1000
      else { continue }
      return try RunningCommand(
        [limit, program] + arguments, program: "/usr/bin/prlimit", pipe: .errors, directory: scratch.path)
    }
    throw CocoaError(.featureUnsupported)
  }

  @Test("stats stops between two entries and prints the totals so far", arguments: signals)
  func stats(signal: Int32) throws {
    try sample(objects: 100)
    // With so few descriptors each of 2,560 directories is a failure: more lines than the pipe of stderr holds.
    let stats = ["stats", "--json", "--threads", "1", "c"]
    let command = try starved(stats, trial: stats) { $0["totals"]?["errors"]?.integer.map { Int($0) } }
    command.waitForOutput()
    command.send(signal)
    let result = command.finish()
    #expect(result.status == 128 + signal)
    let errors = Int(try #require(try JSONValue(parsing: result.output)["totals"]?["errors"]?.integer))
    #expect((1..<2560).contains(errors))
    #expect(result.errorText.split(separator: "\n").count == errors)
  }

  @Test(
    "A list and a plan that were cut short say so",
    arguments: [["ls", "--sort", "name"], ["ls", "--volumes"], ["purge", "-n", "--all"]])
  func cutShort(arguments: [String]) throws {
    try sample(objects: 100)
    let common = ["--json", "--threads", "1", "c"]
    // A list does not say how many failures there were; a plan does, and has other descriptors open than 'stats'.
    let trial = arguments[0] == "ls" ? ["stats"] : arguments
    let command = try starved(arguments + common, trial: trial + common) {
      ($0["totals"]?["errors"] ?? $0["errors"])?.integer.map { Int($0) }
    }
    command.waitForOutput()
    command.send(SIGINT)
    let result = command.finish()
    #expect(result.status == 128 + SIGINT)
    #expect(try JSONValue(parsing: result.output)["complete"]?.bool == false)
    if arguments[0] == "ls" { #expect(result.errorText.hasSuffix("cachefiles: interrupted: the list is incomplete\n")) }
  }

  @Test("a file of figures stays as it was when the scan is interrupted", arguments: signals)
  func figures(signal: Int32) throws {
    try sample(objects: 100)
    let file = "\(scratch.path)/figures"
    try "".write(toFile: file, atomically: false, encoding: .utf8)
    // The trial writes a file, too: that takes descriptors.
    let stats = ["stats", "--format", "json", "--output", "figures", "--threads", "1", "c"]
    let command = try starved(stats, trial: stats, writing: file) { $0["totals"]?["errors"]?.integer.map { Int($0) } }
    let before = try Data(contentsOf: URL(fileURLWithPath: file))
    command.waitForOutput()
    command.send(signal)
    let result = command.finish()
    #expect(result.status == 128 + signal)
    #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == before)
    #expect(result.errorText.hasSuffix("figures: not written: the scan was interrupted\n"))
  }

  @Test("sweep stops between two entries, prints what was done, and the next one goes on", arguments: signals)
  func sweep(signal: Int32) throws {
    try sample(objects: 1)
    for number in 0..<3000 { try scratch.makeDirectory("c/graveyard/6b00e8770000\(1000 + number)") }
    // With so few descriptors each directory is a failure: more lines than the pipe of stderr holds.
    let command = try starved(["sweep", "--json", "c"], trial: ["sweep", "-n", "--json", "c"]) {
      $0["errors"]?.integer.map { Int($0) }
    }
    command.waitForOutput()
    command.send(signal)
    let result = command.finish()
    #expect(result.status == 128 + signal, "\(result.errorText.prefix(300))")
    let report = try JSONValue(parsing: result.output)
    #expect((1..<3000).contains(try #require(report["errors"]?.integer)))
    #expect(report["removed_entries"]?.integer == 0)
    let next = try Command.cachefiles(["sweep", "--json", "c"], directory: scratch.path)
    #expect(next.status == 0)
    #expect(try JSONValue(parsing: next.output)["removed_entries"]?.integer == 3000)
  }

  @Test("ls stops between two lines", arguments: signals, ["1", "8"])
  func list(signal: Int32, threads: String) throws {
    try sample(objects: 3000)
    let command = try RunningCommand(["ls", "--jsonl", "--threads", threads, "c"], directory: scratch.path)
    command.waitForOutput()
    command.send(signal)
    let result = command.finish()
    #expect(result.status == 128 + signal)
    #expect(result.errorText.isEmpty)
    #expect(result.output.last == UInt8(ascii: "\n"))
    for line in result.text.split(separator: "\n") {
      #expect(throws: Never.self) { _ = try JSONValue(parsing: Array(line.utf8)) }
    }
  }

  /// A line of input for each filter.
  static let lines = ["decode": "T1\n", "encode": "01\n", "record": "00000000000000640000000000000000010047ad176b\n"]

  @Test("A filter that waits for more input ends", arguments: signals, ["decode", "encode", "record"])
  func waitingFilter(signal: Int32, name: String) throws {
    let command = try RunningCommand([name, "--jsonl"], directory: scratch.path)
    command.write(String(repeating: Self.lines[name] ?? "", count: name == "encode" ? 2500 : 1200))
    // Some lines are answered, and input stays open: only the signal can end it.
    command.waitForOutput()
    command.send(signal)
    let result = command.finish()
    #expect(result.status == 128 + signal)
    #expect(result.errorText.isEmpty)
    #expect((1...2500).contains(result.text.split(separator: "\n").count))
  }

  @Test("A filter prints what it has answered, and whole lines only", arguments: signals)
  func answeredLines(signal: Int32) throws {
    let command = try RunningCommand(["decode", "--jsonl"], directory: scratch.path)
    command.write(String(repeating: "T1\n", count: 2000) + "T2")
    command.waitForOutput()
    command.send(signal)
    let result = command.finish()
    #expect(result.status == 128 + signal)
    #expect(result.output.last == UInt8(ascii: "\n"))
    let lines = result.text.split(separator: "\n")
    #expect(Set(lines.map { $0.contains("\"name\":\"T1\"") }) == [true])
    #expect((1...2000).contains(lines.count))
  }

  @Test("An interrupted document is closed, so that it can be read", arguments: ["decode", "encode"])
  func document(name: String) throws {
    let command = try RunningCommand([name, "--json"], directory: scratch.path)
    command.write(String(repeating: Self.lines[name] ?? "", count: 2500))
    command.waitForOutput()
    command.send(SIGTERM)
    let result = command.finish()
    #expect(result.status == 128 + SIGTERM)
    #expect(throws: Never.self) { _ = try JSONValue(parsing: result.output) }
  }

  @Test("An interrupted sample leaves nothing behind", arguments: signals)
  func interruptedSample(signal: Int32) throws {
    let command = try RunningCommand(["sample", "--objects", "200000", "new"], directory: scratch.path)
    while !FileManager.default.fileExists(atPath: "\(scratch.path)/new/cache"), command.isRunning { usleep(1000) }
    command.send(signal)
    let result = command.finish()
    #expect(result.status == 128 + signal)
    #expect(result.output.isEmpty)
    #expect(result.errorText.isEmpty)
    #expect(scratch.names.isEmpty)
  }

  @Test("An interrupted sample leaves a directory that was there as empty as before")
  func interruptedSampleInDirectory() throws {
    try scratch.makeDirectory("given/lost+found")
    let command = try RunningCommand(["sample", "--objects", "200000", "given"], directory: scratch.path)
    while !FileManager.default.fileExists(atPath: "\(scratch.path)/given/cache"), command.isRunning { usleep(1000) }
    command.send(SIGTERM)
    #expect(command.finish().status == 128 + SIGTERM)
    #expect(NaiveWalk.entries("\(scratch.path)/given").map(\.path) == [[], Array("lost+found".utf8)])
  }
}
