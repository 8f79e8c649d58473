// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import FoundationEssentials

/// The options of a command, as the parser knows them. To ask it takes a moment: it is done where something is wrong already.
struct OptionTable {
  private let arguments: [Argument]

  init(_ command: any ParsableCommand.Type) {
    let table = try? JSONDecoder().decode(Dump.self, from: Data(command._dumpHelp().utf8))
    arguments = table?.command.arguments ?? []
  }

  /// The long options, with their dashes.
  var options: [String] {
    arguments.flatMap { argument in (argument.names ?? []).filter { $0.kind == "long" }.map { "--" + $0.name } }
      + ["--help", "--version"]
  }

  /// Whether there is an option with one value of this name.
  func takesOneValue(_ option: String) -> Bool {
    arguments.contains { argument in
      argument.kind == "option" && argument.isRepeating != true
        && argument.names?.contains { "--" + $0.name == option } == true
    }
  }

  /// The first option of a command line that the command does not have; nil when it has all, or is not known.
  func unknown(in words: [String]) -> String? {
    if arguments.isEmpty { return nil }
    let known = Set(options)
    return words.prefix { $0 != "--" }.map { String($0.prefix { $0 != "=" }) }
      .first { $0.hasPrefix("--") && !known.contains($0) }
  }

  /// What `--experimental-dump-help` prints, as far as it matters.
  private struct Dump: Decodable {
    var command: Command

    struct Command: Decodable { var arguments: [Argument]? }
  }

  private struct Argument: Decodable {
    var kind: String
    var isRepeating: Bool?
    var names: [Name]?

    struct Name: Decodable {
      var kind: String
      var name: String
    }
  }
}
