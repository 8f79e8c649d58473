// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// `cachefiles help TOPIC`: what to do when something is wrong, from Docs/Recipes.md.
enum HelpTopic {
  /// The topics, in their order.
  static let all = EmbeddedDocument.recipes.sections(level: 2)

  /// What the arguments of `cachefiles` ask for, if they ask for a topic or for the list of them.
  static func text(_ arguments: [String]) -> String? {
    guard arguments.first == "help", arguments.count == 2 else { return nil }
    if arguments[1] == "topics" { return list }
    guard let topic = all.first(where: { $0.name == arguments[1] }) else { return nil }
    let title = topic.title.drop { $0 != " " }.dropFirst()
    return ([title.uppercased(), ""] + PlainMarkdown.lines(topic.lines)).joined(separator: "\n")
  }

  /// `help COMMAND` as `COMMAND --help`, which has the options of a command that stands for one of its own, too.
  ///
  /// - Throws: ``Failure`` for a word that is neither a command nor a topic.
  static func asOption(_ arguments: [String], of root: any ParsableCommand.Type) throws(Failure) -> [String] {
    let words = Array(arguments.dropFirst())
    guard arguments.first == "help", let word = words.first, !word.hasPrefix("-"), word != "help" else {
      return arguments
    }
    guard RefusalHint.command(root, words) == nil else { return words + ["--help"] }
    let known = RefusalHint.names(root) + all.map(\.name)
    let near = Nearest.word(to: word, among: known).map { ". Did you mean '\($0)'?" } ?? ""
    throw Failure(
      "'\(RawArguments.printable(words.joined(separator: " ")))' is neither a command nor a topic of help\(near) "
        + "('cachefiles help' lists the commands, 'cachefiles help topics' the topics)",
      program: "cachefiles", status: ExitStatus.usage)
  }

  private static var list: String {
    let width = all.map(\.name.count).max() ?? 0
    let lines = all.map { topic in
      "  " + topic.name.padded(width + 2) + topic.title.drop { $0 != " " }.dropFirst()
    }
    return
      (["What to do when", ""] + lines + [
        "", "'cachefiles help TOPIC' tells it; 'cachefiles help COMMAND' explains a command.",
      ])
      .joined(separator: "\n")
  }
}
