// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// The commands as shells complete them. `stats` without a subcommand has the options of the one that is meant, which the
/// parser's scripts do not offer of themselves.
struct CompletionTree: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: Toolkit._commandName,
    subcommands: Toolkit.configuration.groupedSubcommands.flatMap(\.subcommands).map { command in
      command == Stats.self ? CompletedStats.self : command
    })

  /// The script of a program for a shell, if that is what the arguments ask for.
  static func script(of program: Program, _ arguments: [String]) -> String? {
    guard arguments.count == 2, arguments[0] == "--generate-completion-script",
      let shell = CompletionShell(rawValue: arguments[1])
    else { return nil }
    var script: CompletionScript
    switch program {
    case .toolkit:
      script = CompletionScript(completionScript(for: shell), shell)
      script.offerDirectories(besides: ["diff", "forecast"], of: Stats._commandName)
      script.offerHelp(of: configuration.subcommands.map { $0._commandName } + ["topics"] + HelpTopic.all.map(\.name))
    default:
      script = CompletionScript(program.command.completionScript(for: shell), shell)
    }
    script.takeEqualSigns(program.command._commandName)
    return script.text
  }

  private struct CompletedStats: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: Stats._commandName, abstract: Stats.configuration.abstract,
      subcommands: [StatsDiff.self, StatsForecast.self])

    @OptionGroup var show: StatsShow
  }
}
