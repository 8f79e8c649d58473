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
  func lines(indent: String = "", colour: (String, _ row: Int, _ column: Int) -> String = { text, _, _ in text })
    -> [String]
  {
    var widths = header.map(\.count)
    for row in rows { for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) } }
    let all = [(-1, header)] + rows.enumerated().map { ($0.offset, $0.element) }
    return all.map { number, row in
      var line = indent
      for (index, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[index] - cell.count)
        let isLast = index == row.count - 1
        let padded = sides[index] == .right ? padding + cell : (isLast ? cell : cell + padding)
        line += colour(padded, number, index) + (isLast ? "" : "  ")
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }
  }
}
