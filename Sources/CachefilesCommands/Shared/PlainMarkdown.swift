// SPDX-License-Identifier: Apache-2.0

/// A document's lines for a terminal: paragraphs filled, code indented, and no marks that mean nothing there.
enum PlainMarkdown {
  /// The lines of a section, at most so many characters wide where that is possible.
  static func lines(_ source: [Substring], width: Int = 79) -> [String] {
    var result: [String] = []
    var paragraph: [Substring] = []
    var isCode = false
    func close() {
      result += fill(paragraph, width)
      paragraph = []
    }
    for line in source {
      let text = line.drop(while: { $0 == " " })
      if text.hasPrefix("```") {
        close()
        isCode.toggle()
      } else if isCode {
        result.append(line.isEmpty ? "" : "    " + line)
      } else if text.isEmpty {
        close()
        if result.last?.isEmpty == false { result.append("") }
      } else if text.hasPrefix("|") {
        close()
        result.append(plain(line))
      } else {
        if startsItem(text) { close() }
        paragraph.append(line)
      }
    }
    close()
    while result.last?.isEmpty == true { result.removeLast() }
    return Array(result.drop(while: \.isEmpty))
  }

  private static func startsItem(_ text: Substring) -> Bool {
    text.hasPrefix("- ") || text.prefix { $0.isNumber }.count > 0 && text.drop(while: { $0.isNumber }).hasPrefix(". ")
  }

  /// One paragraph; the lines of an item stand below its text.
  private static func fill(_ lines: [Substring], _ width: Int) -> [String] {
    guard let first = lines.first else { return [] }
    let margin = first.prefix { $0 == " " }.count
    let text = first.dropFirst(margin)
    let hanging =
      startsItem(text) ? (text.firstIndex(of: " ").map { text.distance(from: text.startIndex, to: $0) } ?? 0) + 1 : 0
    let indent = String(repeating: " ", count: margin)
    var result: [String] = []
    var line = indent
    for word in plain(Substring(lines.joined(separator: " "))).split(separator: " ") {
      let isFirst = line.allSatisfy { $0 == " " }
      if !isFirst, line.count + 1 + word.count > width {
        result.append(line)
        line = indent + String(repeating: " ", count: hanging) + word
      } else {
        line += (isFirst ? "" : " ") + word
      }
    }
    return result + [line]
  }

  /// Without emphasis and targets of links; code stands between quotes.
  static func plain(_ text: Substring) -> String {
    var result = ""
    var rest = text.replacing("**", with: "").replacing("`", with: "'")[...]
    while let start = rest.firstIndex(of: "[") {
      guard let end = rest[start...].firstRange(of: "]("), let close = rest[end.upperBound...].firstIndex(of: ")")
      else {
        break
      }
      result += rest[..<start] + rest[rest.index(after: start)..<end.lowerBound]
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}
