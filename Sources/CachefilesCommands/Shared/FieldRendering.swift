import CachefilesFormat

extension NetfsField {
  /// Writes the field as a member of a JSON object.
  func write(to json: inout JSONWriter) {
    json.key(name)
    value.write(to: &json)
  }

  /// The name in words.
  var label: String { String(name.map { $0 == "_" ? " " : $0 }) }
}

extension NetfsField.Value {
  /// Writes the value as JSON: numbers as numbers, identifiers and opaque bytes in hexadecimal, times as nanoseconds.
  func write(to json: inout JSONWriter) {
    switch self {
    case .number(let number): json.number(nil, number)
    case .identifier(let number): json.text(nil, "0x" + String(number, radix: 16))
    case .bytes(let bytes): json.bytes(nil, bytes)
    case .opaque(let bytes): json.hex(nil, bytes.span)
    case .text(let text): json.text(nil, text)
    case .list(let items): json.array { json in for item in items { json.text(nil, item) } }
    case .time(let seconds, let nanoseconds):
      json.object { json in
        json.number("seconds", seconds)
        json.number("nanoseconds", nanoseconds)
        json.text("utc", Quantity.time(seconds: seconds, nanoseconds: nanoseconds))
      }
    }
  }

  /// The value in words.
  var words: String {
    switch self {
    case .number(let number): String(number)
    case .identifier(let number): "0x" + String(number, radix: 16)
    case .bytes(let bytes): EscapedBytes.string(bytes)
    case .opaque(let bytes): bytes.isEmpty ? "none" : Hex.string(bytes)
    case .text(let text): text
    case .list(let items): items.isEmpty ? "none" : items.joined(separator: ", ")
    case .time(let seconds, let nanoseconds): Quantity.time(seconds: seconds, nanoseconds: nanoseconds)
    }
  }
}

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

  /// The lines.
  var lines: [String] {
    let width = rows.reduce(12) { width, row in
      if case .fact(let label, _) = row { max(width, label.count) } else { width }
    }
    return [style.strong(heading)]
      + rows.flatMap { row in
        switch row {
        case .fact(let label, let value): ["  " + style.faint(label.padded(width)) + "  " + value]
        case .more(let text): ["  " + String(repeating: " ", count: width + 2) + text]
        case .space: [""]
        case .lines(let lines): lines
        }
      }
  }
}
