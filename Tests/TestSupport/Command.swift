// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What a program that has run left.
public struct CommandResult: Sendable {
  /// The exit status; 128 + signal when a signal ended it.
  public var status: Int32
  /// Standard output.
  public var output: [UInt8]
  /// Standard error.
  public var errors: [UInt8]

  /// Standard output as text.
  public var text: String { String(decoding: output, as: UTF8.self) }
  /// Standard error as text.
  public var errorText: String { String(decoding: errors, as: UTF8.self) }
}

/// Runs programs.
public enum Command {
  /// Runs a program to its end. Standard input is empty unless bytes are given.
  public static func run(
    _ program: String, _ arguments: [String], input: [UInt8] = [], directory: String? = nil,
    environment: [String: String] = [:]
  ) throws -> CommandResult {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    // Files rather than pipes: no output is too long, and nothing can deadlock.
    let files = (0..<3).map { _ in NSTemporaryDirectory() + "/" + UUID().uuidString }
    defer { for file in files { try? FileManager.default.removeItem(atPath: file) } }
    try Data(input).write(to: URL(fileURLWithPath: files[0]))
    for file in files[1...] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
    process.standardInput = FileHandle(forReadingAtPath: files[0])
    process.standardOutput = FileHandle(forWritingAtPath: files[1])
    process.standardError = FileHandle(forWritingAtPath: files[2])
    try process.run()
    process.waitUntilExit()
    let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    return CommandResult(
      status: status, output: [UInt8](try Data(contentsOf: URL(fileURLWithPath: files[1]))),
      errors: [UInt8](try Data(contentsOf: URL(fileURLWithPath: files[2]))))
  }

  /// The directory that the package's programs were built into: the test bundle's own.
  public static let productDirectory: String = {
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    return bundle.path
  }()

  /// Runs a program of this package.
  public static func cachefiles(_ arguments: [String], input: [UInt8] = [], directory: String? = nil) throws
    -> CommandResult
  {
    try run(productDirectory + "/cachefiles", arguments, input: input, directory: directory)
  }
}
