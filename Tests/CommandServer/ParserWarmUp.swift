// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesCommands

/// Parses a line of each command before there is any request, and runs none: what the runtime of Swift then knows about types and
/// protocols, a quarter of the time of a command on a small tree, each process that is forked has from its start.
enum ParserWarmUp {
  static func run() {
    for program in [Program.toolkit, .fsck, .cull, .usage, .daemon] {
      parse(program.command, all: program.command, after: [])
    }
  }

  private static func parse(_ command: any ParsableCommand.Type, all: any ParsableCommand.Type, after names: [String]) {
    for line in [["/a"], ["/a", "/b"], ["--json", "/a"], ["--none"]] {
      // What is no line of this command is refused, which tests ask for as well.
      do { _ = try all.parseAsRoot(names + line) } catch { _ = all.exitCode(for: error) }
    }
    for part in command.configuration.subcommands { parse(part, all: all, after: names + [part._commandName]) }
  }
}
