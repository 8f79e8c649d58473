// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesCheck
import CachefilesHost

/// What to add to a refusal of the command line: the forms that a value may have, or the word that may have been meant.
enum RefusalHint {
  /// The refusal with its hint behind the first line.
  static func added(to text: String, command: any ParsableCommand.Type, _ arguments: [String]) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let first = lines.first else { return text }
    // The command that 'stats' stands for has no page of its own.
    lines = lines.map { $0.replacing("'cachefiles stats show --help'", with: "'cachefiles stats --help'") }
    if let option = between(first, "Missing value for '", " "),
      let given = arguments.drop(while: { $0 != option }).dropFirst().first
    {
      lines[0] += ": '\(given)' is taken for an option; a value that begins with '-' is given as '\(option)=\(given)'"
    } else if let unknown = unknownOption(command, arguments) {
      // Of what is wrong, the parser names what a command lacks before it comes to an option that there is not.
      lines[0] = unknown
    } else if let hint = value(first) {
      lines[0] += lines[0].hasSuffix(".") ? " \(hint)" : ": \(hint)"
    } else if let word = between(first, "Unexpected argument '", "'"),
      let near = Nearest.word(to: word, among: subcommands(of: command, arguments, before: word))
    {
      lines[0] += ". Did you mean '\(near)'?"
    } else if first.contains("nexpected argument"), let near = member(command, near: arguments) {
      lines[0] += ". Did you mean '\(near)'?"
    } else if let word = arguments.first, !word.hasPrefix("-"), !names(command).contains(word),
      let near = Nearest.word(to: word, among: names(command))
    {
      lines[0] = "Error: There is no command '\(word)'. Did you mean '\(near)'?"
    }
    return lines.joined(separator: "\n")
  }

  /// What to say of the first option that a command does not have, as the parser says it.
  private static func unknownOption(_ root: any ParsableCommand.Type, _ arguments: [String]) -> String? {
    let table = OptionTable(command(root, before: arguments))
    guard let option = table.unknown(in: arguments) else { return nil }
    let near = Nearest.word(to: option, among: table.options).map { ". Did you mean '\($0)'?" } ?? ""
    return "Error: Unknown option '\(option)'" + near
  }

  /// The command that the first words lead to.
  static func command(_ root: any ParsableCommand.Type, before arguments: [String]) -> any ParsableCommand.Type {
    var command = root
    for word in arguments {
      guard let next = self.command(command, [word]) else { break }
      command = next
    }
    return command
  }

  /// The command of a group that was probably meant by what was taken for an argument of another one, as that which `stats` alone
  /// stands for.
  private static func member(_ root: any ParsableCommand.Type, near arguments: [String]) -> String? {
    guard arguments.count > 2, let group = command(root, [arguments[0]]), names(group).contains(arguments[1]) else {
      return nil
    }
    return Nearest.word(to: arguments[2], among: names(group)).map { "\(arguments[0]) \($0)" }
  }

  /// The forms of a value that was not understood.
  private static func value(_ line: String) -> String? {
    guard let given = between(line, "The value '", "' is invalid for '"),
      let name = between(line, "<", ">"), !line.contains("Please provide")
    else { return nil }
    if line.contains("'--server ") {
      return "it is no address, and no name that this machine resolves: give 192.168.0.31, fd00::31 or a host's name"
    }
    switch name {
    case "age": return "give a number with a unit: 45s, 90m, 12h, 30d or 2w"
    case "time": return "give seconds, or a number with a unit: 5, 5s, 10m, 2h or 1d"
    case "size": return "give bytes, or a number with a unit: 512M, 10G, 1.5T (powers of 1024), 10GB (of 1000)"
    case "size|n%": return "give a size or a share: 512M, 10G, 1.5T or 15%"
    case "share", "percent": return "give a share: 95 or 95%"
    case "n%": return "give a share: 95 or 95%"
    case "glob=size": return "give a pattern and a size: '*:/export*=100G'"
    case "n", "number": return "give a whole number"
    case "release": return "give a release of Linux, such as 6.12"
    case "ids" where line.contains("'--damage ") && problem(given.split(separator: ",").map(String.init)) == nil:
      return "an ordinary directory cannot show \(DamageArgument.impossible)"
    case "ids":
      return problem(given.split(separator: ",").map(String.init)) ?? "give ids with commas between them: O06,V04"
    case "id=severity":
      return problem(given.split(separator: "=").prefix(1).map(String.init))
        ?? "give ID=SEVERITY, with ignore, note, warning or error"
    case "names":
      let known = SymptomID.allCases.map(\.rawValue)
      guard let unknown = given.split(separator: ",").map(String.init).first(where: { !known.contains($0) }) else {
        return nil
      }
      let near = Nearest.word(to: unknown, among: known).map { ", did you mean '\($0)'?" } ?? ""
      return "there is no finding '\(unknown)'\(near)"
    default: return nil
    }
  }

  /// The first id that is none.
  private static func problem(_ ids: [String]) -> String? {
    let known = ProblemID.allCases.map(\.rawValue)
    guard let unknown = ids.first(where: { !known.contains($0.uppercased()) }) else { return nil }
    let near = Nearest.word(to: unknown.uppercased(), among: known).map { ", did you mean '\($0)'?" }
    return "there is no problem '\(unknown)'" + (near ?? ": 'cachefiles explain --ids' has all")
  }

  /// The commands that may stand where a word stands that is none.
  private static func subcommands(
    of root: any ParsableCommand.Type, _ arguments: [String], before word: String
  ) -> [String] {
    command(root, Array(arguments.prefix { $0 != word })).map(names) ?? []
  }

  /// The commands that words lead to one after another, `daemon status`; nil when there is none.
  static func command(_ root: any ParsableCommand.Type, _ words: [String]) -> (any ParsableCommand.Type)? {
    var command = root
    for word in words {
      guard let next = all(command).first(where: { $0.name == word }) else { return nil }
      command = next.type
    }
    return command
  }

  /// The names of the commands of a command.
  static func names(_ command: any ParsableCommand.Type) -> [String] { all(command).map(\.name) }

  private static func all(_ command: any ParsableCommand.Type) -> [(name: String, type: any ParsableCommand.Type)] {
    let configuration = command.configuration
    return (configuration.subcommands + configuration.groupedSubcommands.flatMap(\.subcommands)).map {
      ($0._commandName, $0)
    }
  }

  /// What stands in a line between two texts.
  private static func between(_ line: String, _ start: String, _ end: String) -> String? {
    guard let from = line.firstRange(of: start)?.upperBound,
      let to = line[from...].firstRange(of: end)?.lowerBound
    else { return nil }
    return String(line[from..<to])
  }
}
