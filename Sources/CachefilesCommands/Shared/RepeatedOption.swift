// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import FoundationEssentials

/// Options that take one value and are given twice. The parser takes the last and drops the others, so that a second `--protect` would
/// take the protection of the first away.
enum RepeatedOption {
  /// What to say of the first such option; nil where there is none.
  static func refusal(_ root: any ParsableCommand.Type, _ arguments: [String]) -> String? {
    let given = arguments.prefix { $0 != "--" }
    var counts: [String: Int] = [:]
    for word in given where word.hasPrefix("--") {
      counts[String(word.prefix { $0 != "=" }), default: 0] += 1
    }
    let repeated = given.map { String($0.prefix { $0 != "=" }) }.filter { counts[$0, default: 0] > 1 }
    // Whoever sets a colour beforehand, in an alias, may set another.
    guard let option = repeated.first(where: { $0 != "--color" && takesOneValue($0, command(root, arguments)) }) else {
      return nil
    }
    return "\(option) is given \(counts[option] == 2 ? "twice" : "several times"): it takes one value"
  }

  /// The command that the first words lead to.
  private static func command(_ root: any ParsableCommand.Type, _ arguments: [String]) -> any ParsableCommand.Type {
    var command = root
    for word in arguments {
      guard let next = RefusalHint.command(command, [word]) else { break }
      command = next
    }
    return command
  }

  /// Whether a command has an option with one value. The parser's table is asked, which takes a moment: only where one is given twice.
  private static func takesOneValue(_ option: String, _ command: any ParsableCommand.Type) -> Bool {
    let table = try? JSONDecoder().decode(Table.self, from: Data(command._dumpHelp().utf8))
    return table?.command.arguments?.contains { argument in
      argument.kind == "option" && argument.isRepeating != true
        && argument.names?.contains { "--" + $0.name == option } == true
    } ?? false
  }

  /// What `--experimental-dump-help` prints, as far as it matters.
  private struct Table: Decodable {
    var command: Command

    struct Command: Decodable { var arguments: [Argument]? }

    struct Argument: Decodable {
      var kind: String
      var isRepeating: Bool?
      var names: [Name]?
    }

    struct Name: Decodable { var name: String }
  }
}
