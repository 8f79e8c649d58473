// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A program of this package that is still running: a test talks to it while it works.
///
/// One of its outputs is a pipe that nobody empties until ``finish()``: a program that has more to say than the pipe
/// holds stops there, at a moment that the test knows.
public final class RunningCommand {
  /// The output that is a pipe; the other one goes to a file.
  public enum Pipe: Sendable { case output, errors }

  private let process: SpawnedProcess
  private let input = Foundation.Pipe()
  private let pipe = Foundation.Pipe()
  private var first: [UInt8] = []
  private let piped: Pipe
  private let file = NSTemporaryDirectory() + "/" + UUID().uuidString

  /// Starts a program, `cachefiles` unless another is named. Standard input is a pipe.
  ///
  /// One that does not end is killed after half a minute, so that a defect is no test that hangs.
  public init(_ arguments: [String], program: String? = nil, pipe piped: Pipe = .output, directory: String) throws {
    self.piped = piped
    // What this process ignores a program would ignore, too: env(1) takes it back.
    _ = FileManager.default.createFile(atPath: file, contents: nil)
    let other = open(file, O_WRONLY | O_CLOEXEC)
    defer { close(other) }
    let sink = pipe.fileHandleForWriting
    process = try SpawnedProcess(
      "/usr/bin/env", ["--default-signal=INT,TERM", program ?? Command.productDirectory + "/cachefiles"] + arguments,
      directory: directory,
      streams: (
        input.fileHandleForReading.fileDescriptor, piped == .output ? sink.fileDescriptor : other,
        piped == .errors ? sink.fileDescriptor : other
      ))
    // The program's ends: with them here no end would ever be seen.
    try sink.close()
    try input.fileHandleForReading.close()
    DispatchQueue.global().asyncAfter(deadline: .now() + 30) { [process] in
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: file) }

  /// Whether it runs.
  public var isRunning: Bool { process.isRunning }

  /// Sends it a signal.
  public func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Writes to its standard input.
  public func write(_ text: String) { input.fileHandleForWriting.write(Data(text.utf8)) }

  /// Waits until it has written something to the pipe.
  public func waitForOutput() {
    guard first.isEmpty else { return }
    first = [UInt8](pipe.fileHandleForReading.readData(ofLength: 1))
  }

  /// Empties the pipe, waits for the end and returns what there was. Standard input stays open unless it is closed here.
  public func finish(closingInput: Bool = false) -> CommandResult {
    if closingInput { try? input.fileHandleForWriting.close() }
    let rest = first + [UInt8](pipe.fileHandleForReading.readDataToEndOfFile())
    let status = process.waitUntilExit()
    let other = [UInt8]((try? Data(contentsOf: URL(fileURLWithPath: file))) ?? Data())
    return CommandResult(
      status: status, output: piped == .output ? rest : other, errors: piped == .errors ? rest : other)
  }
}
