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
    var (line, width) = ("", 0)
    // Blanks in a row, as in a bar, stay together with the word before them.
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      let length = Self.places(of: word)
      let isInNumber = Self.continues(line, with: word)
      if !line.isEmpty, !word.isEmpty, !isInNumber, width + 1 + length > room {
        lines.append(line)
        (line, width) = (String(word), length)
      } else {
        width += (line.isEmpty ? 0 : 1) + length
        line += (line.isEmpty ? "" : " ") + word
      }
    }
    lines.append(line)
    return lines.enumerated().map { $0 == 0 ? $1 : String(repeating: " ", count: indent) + $1 }
  }

  /// Whether a word is the next three digits of a number: `15 670`.
  private static func continues(_ line: String, with word: Substring) -> Bool {
    let digits = word.utf8.prefix { (48...57).contains($0) }.count
    return digits == 3 && line.utf8.last.map { (48...57).contains($0) } == true
  }

  /// How many places a word takes on a terminal: escape sequences take none.
  private static func places(of word: Substring) -> Int {
    var (count, isEscape) = (0, false)
    for character in word {
      if character == "\u{1b}" { isEscape = true }
      if !isEscape { count += 1 }
      if character == "m" { isEscape = false }
    }
    return count
  }
}
