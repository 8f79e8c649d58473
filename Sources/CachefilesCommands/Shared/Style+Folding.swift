// SPDX-License-Identifier: Apache-2.0

extension Style {
  /// A label and the text behind it, in lines that the terminal holds.
  ///
  /// - Parameter paint: the style of the text.
  func labelled(_ label: String, _ text: String, _ paint: (String) -> String = { $0 }) -> [String] {
    folded(text, indent: label.count).enumerated().map { $0 == 0 ? label + paint($1) : paint($1) }
  }

  /// A text in lines that the terminal holds, broken between words; one line where nobody looks at it. The first line goes behind what
  /// takes so many columns, and the others get as many blanks.
  func folded(_ text: String, indent: Int) -> [String] {
    guard let columns, columns >= indent + 20 else { return [text] }
    let room = columns - indent
    var lines: [String] = []
    var line = ""
    // Blanks in a row, as in a bar, stay together with the word before them.
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if !line.isEmpty, !word.isEmpty, line.count + 1 + word.count > room {
        lines.append(line)
        line = String(word)
      } else {
        line += (line.isEmpty ? "" : " ") + word
      }
    }
    lines.append(line)
    return lines.enumerated().map { $0 == 0 ? $1 : String(repeating: " ", count: indent) + $1 }
  }
}
