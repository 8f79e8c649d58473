// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// `cachefiles daemon`: the daemon, and what it does.
struct DaemonCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "daemon",
    abstract: "Bind a cache, cull it as the kernel asks, and empty its graveyard: the successor of cachefilesd.",
    discussion: DaemonRun.configuration.discussion, subcommands: [DaemonRun.self, DaemonStatusCommand.self],
    defaultSubcommand: DaemonRun.self)
}
