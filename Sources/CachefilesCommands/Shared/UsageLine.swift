// SPDX-License-Identifier: Apache-2.0

/// The line that tells how a command is used, as the parser prints it: on one line, however long.
enum UsageLine {
  private static let columns = 80

  /// A text of the parser in which such lines are folded between options, and continued below the command's name.
  static func folded(in text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let isUsage = ["USAGE: ", "Usage: "].contains { line.hasPrefix($0) }
      return isUsage && line.count > columns ? fold(line) : String(line)
    }.joined(separator: "\n")
  }

  private static func fold(_ line: Substring) -> String {
    let indent = String(repeating: " ", count: "Usage: ".count)
    var lines = [""]
    for word in words(of: line) {
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = word
      } else if last.count + 1 + word.count <= columns {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(indent + word)
      }
    }
    return lines.joined(separator: "\n")
  }

  /// The words of a line; an option in brackets is one with its value.
  private static func words(of line: Substring) -> [String] {
    var words: [String] = []
    for piece in line.split(separator: " ") {
      if let last = words.last, last.hasPrefix("["), !last.hasSuffix("]") {
        words[words.count - 1] += " " + piece
      } else {
        words.append(String(piece))
      }
    }
    return words
  }
}
