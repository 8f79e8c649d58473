// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// A card: a heading, then labels in one column and values in the next.
struct Card {
  private enum Row {
    case fact(label: String, value: String)
    case more(String)
    case space
    case lines([String])
  }

  private let heading: String
  private let style: Style
  private var rows: [Row] = []

  /// Starts a card with a heading.
  init(_ heading: String, _ style: Style) {
    self.heading = heading
    self.style = style
  }

  /// Adds a fact.
  mutating func add(_ label: String, _ value: String) { rows.append(.fact(label: label, value: value)) }

  /// Adds fields of a parsed structure.
  mutating func add(_ fields: [NetfsField]) { for field in fields { add(field.label, field.value.words) } }

  /// Adds lines that are laid out already.
  mutating func add(lines: [String]) { rows.append(.lines(lines)) }

  /// Adds a line below the last value.
  mutating func go(on text: String) { rows.append(.more(text)) }

  /// Adds an empty line.
  mutating func space() { rows.append(.space) }

  /// A text in lines that the terminal holds, behind what takes so many columns.
  private func behind(_ label: String, _ indent: Int, _ text: String) -> [String] {
    style.folded(text, indent: indent).enumerated().map { $0 == 0 ? label + $1 : $1 }
  }

  /// The lines.
  var lines: [String] {
    let width = rows.reduce(12) { width, row in
      if case .fact(let label, _) = row { max(width, label.count) } else { width }
    }
    return [style.strong(heading)]
      + rows.flatMap { row in
        switch row {
        case .fact(let label, let value): behind("  " + style.faint(label.padded(width)) + "  ", width + 4, value)
        case .more(let text): behind(String(repeating: " ", count: width + 4), width + 4, text)
        case .space: [""]
        case .lines(let lines): lines
        }
      }
  }
}
