// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

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
    if repeated.isEmpty { return nil }
    let table = OptionTable(RefusalHint.command(root, before: arguments))
    // Whoever sets a colour beforehand, in an alias, may set another.
    guard let option = repeated.first(where: { $0 != "--color" && table.takesOneValue($0) }) else {
      return nil
    }
    return "\(option) is given \(counts[option] == 2 ? "twice" : "several times"): it takes one value"
  }
}
