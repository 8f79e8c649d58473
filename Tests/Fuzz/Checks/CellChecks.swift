// SPDX-License-Identifier: Apache-2.0
#if DEBUG || Fuzzing
  import CachefilesFormat

  @testable import CachefilesCommands

  /// Comma-separated values and JSON: what is written is read back, and no cell is a formula.
  enum CellChecks {
    static func check(_ input: [UInt8]) throws {
      try read(input)
      try write(input.split(separator: 0, maxSplits: 12, omittingEmptySubsequences: false).map { Array($0) })
      try json(input)
      for label in DataSetLabel.allCases { _ = label }
    }

    private static func read(_ input: [UInt8]) throws {
      guard let rows = try? CSVReader.rows(input) else { return }
      var text: [UInt8] = []
      for row in rows {
        for (index, cell) in row.enumerated() {
          if index > 0 { text.append(UInt8(ascii: ",")) }
          text += [34] + cell.flatMap { $0 == 34 ? [34, 34] : [$0] } + [34]
        }
        text.append(10)
      }
      try hold(try CSVReader.rows(text) == rows, "other cells")
    }

    private static func write(_ cells: [[UInt8]]) throws {
      var csv = CSVWriter()
      for cell in cells { csv.bytes(cell.span) }
      csv.end()
      let rows = try mustNotFail("read what is written") { try CSVReader.rows(csv.bytes) }
      try hold(rows.count == 1 && rows[0].count == cells.count, "\(rows.count) rows")
      for (cell, original) in zip(rows[0], cells) {
        let formula = Array("=+-@|".utf8)
        try hold(cell.first.map { !formula.contains($0) } ?? true, "a formula")
        let isMarked = original.first.map(formula.contains) ?? false
        let text = isMarked ? Array(cell.dropFirst()) : cell
        try hold(EscapedBytes.unescape(text.span) == original, "another cell")
        for (byte, next) in zip(cell, cell.dropFirst()) where byte == 44 || byte == 59 || byte == 9 {
          try hold(!formula.contains(next), "a formula behind a separator")
        }
      }
    }

    private static func json(_ input: [UInt8]) throws {
      for pretty in [false, true] {
        var json = JSONWriter(pretty: pretty)
        json.object { json in
          json.bytes("bytes", input)
          json.text("text", String(decoding: input, as: UTF8.self))
          json.hex("hex", input.span)
          json.array("list") { json in for byte in input.prefix(3) { json.number(nil, UInt64(byte) << 56) } }
        }
        json.end()
        try JSONText.check(json.bytes)
      }
      var one = JSONWriter(pretty: false)
      one.array { $0.bytes(nil, input) }
      let text = try JSONText.string(Array(one.bytes.dropFirst().dropLast()))
      try hold(EscapedBytes.unescape(text.span) == input, "other bytes in JSON")
    }
  }
#endif
