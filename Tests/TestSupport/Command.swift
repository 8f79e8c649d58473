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
    // Files rather than pipes: no output is too long, and nothing can deadlock.
    let files = (0..<3).map { _ in NSTemporaryDirectory() + "/" + UUID().uuidString }
    defer { for file in files { try? FileManager.default.removeItem(atPath: file) } }
    try Data(input).write(to: URL(fileURLWithPath: files[0]))
    for file in files[1...] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
    let opened = [open(files[0], O_RDONLY | O_CLOEXEC)] + files[1...].map { open($0, O_WRONLY | O_CLOEXEC) }
    defer { for descriptor in opened { close(descriptor) } }
    let process = try SpawnedProcess(
      program, arguments, directory: directory, environment: environment, streams: (opened[0], opened[1], opened[2]))
    let status = process.waitUntilExit()
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
