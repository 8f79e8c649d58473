// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO

extension NetfsField {
  /// Writes the field as a member of a JSON object.
  func write(to json: inout JSONWriter) {
    json.key(name)
    value.write(to: &json)
    // A reader that takes numbers for floating point, as jq before 1.7 does, would round it.
    if case .number(let number) = value, number > 1 << 53 {
      json.key("\(name)_string")
      json.text(nil, String(number))
    }
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
        json.nanoseconds("time_ns", Timestamp(seconds: seconds, nanoseconds: nanoseconds))
        json.number("seconds", seconds)
        json.number("nanoseconds", nanoseconds)
        json.text("utc", Quantity.time(Timestamp(seconds: seconds, nanoseconds: nanoseconds)))
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
    case .time(let seconds, let nanoseconds): Quantity.time(Timestamp(seconds: seconds, nanoseconds: nanoseconds))
    }
  }
}
