// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import CachefilesUpkeep
import LinuxIO
import SystemPackage

/// `cachefiles-cull`: the same as a program of its own.
struct CullProgram: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cachefiles-cull", abstract: CullCommand.configuration.abstract,
    discussion: CullCommand.configuration.discussion, version: Version.text)

  @OptionGroup var command: CullCommand

  func run() throws { try command.run() }
}
