// SPDX-License-Identifier: Apache-2.0
import Glibc
import LinuxIO

/// Runs the programs of this package as often as a test asks, each in a process of its own that is a fork of this one, which takes
/// less than starting a program. Requests come from standard input, answers go to standard output.
///
/// A request is its length in bytes (32 bits, little-endian) and its fields, with a NUL between them:
///
///     run FAULT SECONDS STDIN STDOUT STDERR DIRECTORY ARGUMENT...    → STATUS MICROSECONDS-OF-PROCESSOR
///     race PAUSE (x|r|g|n NAME OTHER)...                              → PROCESS
///     stop PROCESS                                                    → STATUS MICROSECONDS ROUNDS
///     globals                                                         → STATUS MICROSECONDS-OF-PROCESSOR
///
/// STATUS is an exit status, or minus the number of the signal that ended the process; SIGALRM means that it did not end in time.
@main
enum CommandServer {
  static func main() {
    ParserWarmUp.run()
    while let request = Request.read() {
      switch request.fields.first.map(Self.text) {
      case "run": answer(run(Array(request.fields.dropFirst())))
      case "race": answer(race(Array(request.fields.dropFirst())))
      case "stop": answer(stop(Array(request.fields.dropFirst())))
      case "globals": answer(globals())
      default: answer("what?")
      }
    }
  }

  static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private static func answer(_ line: String) {
    var rest = Array((line + "\n").utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
      guard count > 0 else { exit(1) }
      rest = rest.dropFirst(count)
    }
  }

  private static func run(_ fields: [[UInt8]]) -> String {
    guard fields.count > 6, let seconds = Int(text(fields[1])) else { return "what?" }
    let child = fork()
    if child == 0 {
      CommandRun(fault: text(fields[0]), seconds: seconds, files: fields[2...5], arguments: fields[6...]).start()
    }
    return child < 0 ? "what?" : end(of: child)
  }

  private static func race(_ fields: [[UInt8]]) -> String {
    guard let pause = fields.first.flatMap({ UInt32(text($0)) }), fields.count % 3 == 1 else { return "what?" }
    guard let shared = Racer.sharedCounter() else { return "what?" }
    let child = fork()
    if child == 0 { Racer(fields.dropFirst(), pause: pause, rounds: shared).run() }
    counters[child] = shared
    return "\(child)"
  }

  private static func globals() -> String {
    let child = fork()
    if child == 0 { ForkedGlobals.meet() }
    return child < 0 ? "what?" : end(of: child)
  }

  nonisolated(unsafe) private static var counters: [pid_t: UnsafeMutablePointer<Int>] = [:]

  private static func stop(_ fields: [[UInt8]]) -> String {
    guard let child = fields.first.flatMap({ pid_t(text($0)) }), let rounds = counters.removeValue(forKey: child) else {
      return "what?"
    }
    kill(child, SIGKILL)
    defer { munmap(rounds, MemoryLayout<Int>.size) }
    return end(of: child) + " \(rounds.pointee)"
  }

  /// Waits for a process: its exit status, or minus its signal; and its time on the processor.
  private static func end(of child: pid_t) -> String {
    var (status, usage): (CInt, rusage) = (0, rusage())
    while wait4(child, &status, 0, &usage) < 0 { guard errno == EINTR else { return "what?" } }
    let time = [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + $1.tv_sec * 1_000_000 + $1.tv_usec }
    return "\(status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f)) \(time)"
  }
}
