// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// What ends a command: one line, and the exit status.
struct Failure: Error, CustomStringConvertible {
  /// The line, without the name of the program.
  let description: String
  /// The program that speaks.
  let program: String
  /// The exit status.
  let status: ExitCode

  /// A failure of any command but `fsck`.
  init(_ description: String) {
    self.init(description, program: "cachefiles", status: ExitStatus.failure)
  }

  /// A failure of a command with exit statuses of its own.
  init(_ description: String, program: String, status: ExitCode) {
    self.description = description
    self.program = program
    self.status = status
  }
}
