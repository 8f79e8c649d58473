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

  /// The script for a shell, if that is what the arguments ask for.
  static func script(_ arguments: [String]) -> String? {
    guard arguments.count == 2, arguments[0] == "--generate-completion-script",
      let shell = CompletionShell(rawValue: arguments[1])
    else { return nil }
    return ScriptEdit.withHelp(ScriptEdit.withDirectories(completionScript(for: shell), shell), shell)
  }

  /// `stats` takes a directory or a subcommand in one place. The parser's scripts have room there for the one only.
  private struct ScriptEdit {
    private(set) var script: String

    static func withDirectories(_ script: String, _ shell: CompletionShell) -> String {
      var edit = ScriptEdit(script: script)
      switch shell {
      case .bash:
        let start = "_cachefiles_stats() {"
        edit.replace("__cachefiles_offer_flags_options 1", with: "__cachefiles_offer_flags_options 0", after: start)
        edit.replace(
          "    case \"${positional_number}\" in\n    1)\n        __cachefiles_add_completions -d\n        return\n        ;;\n    esac\n",
          with: "", after: start)
        edit.replace(
          "'diff forecast' -- \"${cur}\"))",
          with: "'diff forecast' -- \"${cur}\"))\n        __cachefiles_add_completions -d",
          after: start)
      case .zsh:
        let start = "_cachefiles_stats() {"
        edit.replace("        ':dir:_files -/'\n", with: "", after: start)
        edit.replace(
          "_describe -V subcommand subcommands && ret=0",
          with: "_describe -V subcommand subcommands && ret=0\n        _files -/ && ret=0", after: start)
      case .fish:
        edit.replace("parse_subcommand 1", with: "parse_subcommand 0", after: "        case 'stats'\n")
        for name in ["diff", "forecast"] {
          edit.replace("-eq 2' -fa '\(name)'", with: "-eq 1' -fa '\(name)'", after: "\"cachefiles stats\" -eq 1")
        }
      default: break
      }
      return edit.script
    }

    /// What 'help' explains; the parser's scripts offer nothing there.
    static func withHelp(_ script: String, _ shell: CompletionShell) -> String {
      let commands = CompletionTree.configuration.subcommands.map { $0._commandName }
      let words = (commands + ["topics"] + HelpTopic.all.map(\.name)).joined(separator: " ")
      var edit = ScriptEdit(script: script)
      switch shell {
      case .bash:
        let list = words.split(separator: " ").map { "'\($0)'" }.joined(separator: "$'\\n'")
        edit.replace("    :\n", with: "    __cachefiles_add_completions -W \(list)\n", after: "_cachefiles_help() {\n")
      case .zsh:
        edit.replace("'*:subcommands:'", with: "'1:command or topic:(\(words))'", after: "_cachefiles_help() {")
      case .fish:
        edit.script +=
          "\ncomplete -c 'cachefiles' -n '__fish_seen_subcommand_from help' -fa '\(words)'"
      default: break
      }
      return edit.script
    }

    /// Replaces the first text of its kind behind another one.
    private mutating func replace(_ old: String, with new: String, after start: String) {
      guard let begin = Self.range(of: start, in: script[...])?.upperBound,
        let place = Self.range(of: old, in: script[begin...])
      else { return }
      script.replaceSubrange(place, with: new)
    }

    private static func range(of text: String, in whole: Substring) -> Range<String.Index>? {
      let (text, bytes) = (Array(text.utf8), whole.utf8)
      var index = bytes.startIndex
      while let found = bytes[index...].firstIndex(of: text[0]) {
        if bytes[found...].starts(with: text) { return found..<bytes.index(found, offsetBy: text.count) }
        index = bytes.index(after: found)
      }
      return nil
    }
  }

  private struct CompletedStats: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: Stats._commandName, abstract: Stats.configuration.abstract,
      subcommands: [StatsDiff.self, StatsForecast.self])

    @OptionGroup var show: StatsShow
  }
}
