// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// `cache-du`: the same as a program of its own.
struct UsageProgram: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache-du", abstract: UsageCommand.configuration.abstract,
    discussion: UsageCommand.configuration.discussion, version: Version.text)

  @OptionGroup var command: UsageCommand

  func run() throws { try command.run() }
}
