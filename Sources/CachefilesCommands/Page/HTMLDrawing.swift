// SPDX-License-Identifier: Apache-2.0

/// Pictures of a web page, drawn as SVG in the page itself: no script, no network. Colours come from the page's style, so
/// that they follow light and dark.
enum HTMLDrawing {
  /// One bar with its words.
  struct Row {
    var label: String
    var value: Double
    var words: String
  }

  /// Horizontal bars, the longest of them over the whole width: a table, so that labels wrap on a narrow screen and a reader without
  /// pictures has the numbers.
  static func bars(_ title: String, _ rows: [Row]) -> String {
    let most = rows.map(\.value).max() ?? 0
    var html = "<table class=\"bars\"><caption>\(HTMLText.escape(title))</caption>\n"
    for row in rows {
      let share = most > 0 ? max(row.value > 0 ? 0.3 : 0, row.value / most * 100) : 0
      html += "<tr><th scope=\"row\">\(HTMLText.escape(row.label))</th>"
      html += "<td><div style=\"width:\(Quantity.fixed(share, 1))%\"></div></td>"
      html += "<td class=\"words\">\(HTMLText.escape(row.words))</td></tr>\n"
    }
    return html + "</table>\n"
  }

  /// A map of 16 by 16 fields, darker with more in them.
  static func map(_ title: String, _ counts: [Int]) -> String {
    let most = counts.max() ?? 0
    let (size, margin) = (22, 34)
    var svg = open(title, width: margin + 16 * size, height: margin + 16 * size)
    for line in 0..<16 {
      let digit = String(line, radix: 16)
      svg +=
        "<text class=\"label\" x=\"\(margin + line * size + size / 2)\" y=\"\(margin - 8)\" text-anchor=\"middle\">\(digit)</text>"
      svg +=
        "<text class=\"label\" x=\"\(margin - 8)\" y=\"\(margin + line * size + 15)\" text-anchor=\"end\">@\(digit)</text>\n"
    }
    for (index, count) in counts.enumerated() {
      let opacity = most > 0 ? 0.06 + 0.94 * Double(count) / Double(most) : 0.06
      let name = String(index, radix: 16)
      svg +=
        "<rect class=\"cell\" x=\"\(margin + index % 16 * size)\" y=\"\(margin + index / 16 * size)\" width=\"\(size - 1)\" "
      svg += "height=\"\(size - 1)\" fill-opacity=\"\(Quantity.fixed(opacity, 2))\">"
      svg += "<title>@\(name.count < 2 ? "0" : "")\(name): \(Quantity.count(count, "object"))</title></rect>\n"
    }
    return svg + "</svg>\n"
  }

  /// A curve through points with shares of one, the axes named.
  static func curve(
    _ title: String, _ points: [(x: Double, y: Double)], horizontal: (start: String, end: String),
    vertical: (start: String, end: String)
  ) -> String {
    let (width, height, left, bottom) = (640.0, 240.0, 90.0, 30.0)
    var svg = open(title, width: Int(width + left + 20), height: Int(height + bottom + 10))
    let path = points.map { point in
      "\(Quantity.fixed(left + point.x * width, 1)),\(Quantity.fixed(5 + (1 - point.y) * height, 1))"
    }
    svg += "<path class=\"axis\" d=\"M\(left) 5V\(5 + height)H\(left + width)\"/>"
    svg += "<polyline class=\"curve\" points=\"\(path.joined(separator: " "))\"/>"
    svg +=
      "<text class=\"label\" x=\"\(left - 8)\" y=\"\(5 + height)\" text-anchor=\"end\">\(HTMLText.escape(vertical.start))</text>"
    svg +=
      "<text class=\"label\" x=\"\(left - 8)\" y=\"15\" text-anchor=\"end\">\(HTMLText.escape(vertical.end))</text>"
    svg += "<text class=\"label\" x=\"\(left)\" y=\"\(height + 24)\">\(HTMLText.escape(horizontal.start))</text>"
    svg +=
      "<text class=\"label\" x=\"\(left + width)\" y=\"\(height + 24)\" text-anchor=\"end\">\(HTMLText.escape(horizontal.end))</text>"
    return svg + "</svg>\n"
  }

  private static func open(_ title: String, width: Int, height: Int) -> String {
    "<svg role=\"img\" viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" height=\"\(height)\"><title>\(HTMLText.escape(title))</title>\n"
  }
}
