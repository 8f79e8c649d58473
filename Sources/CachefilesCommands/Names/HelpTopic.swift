// SPDX-License-Identifier: Apache-2.0

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
