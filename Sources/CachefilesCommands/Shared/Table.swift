// SPDX-License-Identifier: Apache-2.0

/// A text table: columns as wide as their widest cell, numbers to the right.
struct Table {
  /// To which side the cells of a column go.
  enum Side {
    case left, right
  }

  private let sides: [Side]
  private var rows: [[String]] = []
  private let header: [String]

  /// Starts a table with a header.
  init(_ columns: [(String, Side)]) {
    header = columns.map(\.0)
    sides = columns.map(\.1)
  }

  /// Adds a row of plain text cells: one character is one place.
  mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The lines; the closure may colour a padded cell (row −1 is the header).
  ///
  /// - Parameters:
  ///   - style: where a line may only be so long, the middle of longer cells in the last column is left out.
  ///   - isWhole: whether all of each cell is printed, however long.
  func lines(
    _ style: Style, indent: String = "", isWhole: Bool = false,
    colour: (String, _ row: Int, _ column: Int) -> String = { text, _, _ in text }
  ) -> [String] {
    var widths = header.map(\.count)
    let columns = isWhole ? nil : style.columns
    var rows = rows.map { $0.map(style.seen) }
    for row in rows { for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) } }
    var shown = Array(widths.indices)
    if let columns, let last = widths.indices.last {
      shown = self.shown(widths, atMost: columns - indent.count)
      if sides[last] == .left {
        let before = indent.count + shown.dropLast().reduce(0) { $0 + widths[$1] + 2 }
        let room = max(Self.leastWidth, columns - before)
        for index in rows.indices where rows[index].count > last {
          rows[index][last] = Self.shortened(rows[index][last], to: room)
        }
        widths[last] = min(widths[last], room)
      }
    }
    let all = [(-1, header)] + rows.enumerated().map { ($0.offset, $0.element) }
    return all.map { number, row in
      var line = indent
      for index in shown where index < row.count {
        let cell = row[index]
        let padding = String(repeating: " ", count: widths[index] - cell.count)
        let isLast = index == row.count - 1
        let padded = sides[index] == .right ? padding + cell : (isLast ? cell : cell + padding)
        line += colour(padded, number, index) + (isLast ? "" : "  ")
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }
  }

  /// The columns that fit: where not all do, bars go first, then those on the right, but for the last one, which says what a row is about.
  private func shown(_ widths: [Int], atMost room: Int) -> [Int] {
    var shown = Array(widths.indices)
    func needed() -> Int {
      shown.reduce(-2) { sum, index in
        let isCut = index == widths.count - 1 && sides[index] == .left
        return sum + 2 + (isCut ? min(widths[index], Self.leastWidth) : widths[index])
      }
    }
    while needed() > room, shown.count > 2 {
      let bar = shown.dropLast().firstIndex { header[$0].isEmpty && $0 > 0 }
      shown.remove(at: bar ?? shown.count - 2)
    }
    return shown
  }

  /// A last column is not made narrower than this.
  private static let leastWidth = 16

  /// A text without its middle: how it begins and how it ends tells more. An escape stays whole or goes.
  static func shortened(_ text: String, to width: Int) -> String {
    guard text.count > width, width > 1 else { return text }
    let (units, end) = (units(of: text), (width - 1) / 2)
    return joined(units, atMost: width - 1 - end) + "…" + joined(units.reversed(), atMost: end, isReversed: true)
  }

  private static func joined(_ units: [Substring], atMost width: Int, isReversed: Bool = false) -> String {
    var (kept, count) = ([Substring](), 0)
    for unit in units {
      count += unit.count
      if count > width { break }
      kept.append(unit)
    }
    return (isReversed ? kept.reversed() : kept).joined()
  }

  /// The characters and the escapes of a text.
  private static func units(of text: String) -> [Substring] {
    var units: [Substring] = []
    var rest = text[...]
    while let first = rest.first {
      let length = first != "\\" ? 1 : rest.dropFirst().first == "x" ? 4 : 2
      units.append(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    return units
  }
}
