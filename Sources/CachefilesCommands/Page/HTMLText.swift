// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// Text of a web page, as bytes. Everything that is put in is escaped, but for what the program itself marks up.
struct HTMLText {
  private(set) var bytes: [UInt8] = []

  /// Adds markup of our own.
  mutating func markup(_ text: String) { bytes += text.utf8 }

  /// Adds words.
  mutating func words(_ text: String) { bytes += Self.escape(text).utf8 }

  /// Adds an element with words in it.
  mutating func element(_ name: String, class type: String? = nil, _ words: String) {
    markup("<\(Self.tag(name, type))>\(Self.escape(words))</\(name)>\n")
  }

  /// Adds an element around what a closure adds.
  mutating func element(_ name: String, class type: String? = nil, _ body: (inout HTMLText) -> Void) {
    markup("<\(Self.tag(name, type))>\n")
    body(&self)
    markup("</\(name)>\n")
  }

  private static func tag(_ name: String, _ type: String?) -> String { name + (type.map { " class=\"\($0)\"" } ?? "") }

  /// Adds a table; columns after the first `left` ones are numbers.
  mutating func table(_ header: [String], left: Int = 1, _ rows: [[String]]) {
    element("div", class: "scroll") { text in
      text.element("table") { text in
        text.element("tr") { text in
          for (index, cell) in header.enumerated() { text.element("th", class: index < left ? nil : "n", cell) }
        }
        for row in rows {
          text.element("tr") { text in
            for (index, cell) in row.enumerated() { text.element("td", class: index < left ? nil : "n", cell) }
          }
        }
      }
    }
  }

  /// Words without characters that mean something in a page.
  static func escape(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
  }
}
