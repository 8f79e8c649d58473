// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// `cachefiles-daemon`: the same as a program of its own.
struct DaemonProgram: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cachefiles-daemon", abstract: DaemonCommand.configuration.abstract,
    discussion: DaemonRun.configuration.discussion, version: Version.text,
    subcommands: [DaemonRun.self, DaemonStatusCommand.self], defaultSubcommand: DaemonRun.self)
}
