// SPDX-License-Identifier: Apache-2.0
#if DEBUG || Fuzzing
  /// Reads JSON (RFC 8259) strictly: no duplicate keys, no control characters in strings, printable ASCII or UTF-8, nothing behind.
  struct JSONText {
    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0

    /// Checks a text.
    ///
    /// - Throws: ``Violation`` when it is no JSON.
    static func check(_ bytes: [UInt8]) throws {
      var reader = JSONText(bytes: bytes)
      try reader.value()
      reader.blanks()
      try hold(reader.index == bytes.count, "more behind the JSON: \(String(decoding: bytes, as: UTF8.self))")
      try hold(String(validating: bytes, as: UTF8.self) != nil, "no UTF-8")
    }

    /// The text of a JSON string of ASCII, unescaped.
    static func string(_ bytes: [UInt8]) throws -> [UInt8] {
      var reader = JSONText(bytes: bytes)
      let text = try reader.string()
      try hold(reader.index == bytes.count, "more behind the string")
      return text
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func blanks() {
      while let byte = next, byte == 0x20 || byte == 10 || byte == 13 || byte == 9 { index += 1 }
    }

    private mutating func take(_ byte: UInt8) throws {
      try hold(
        next == byte, "no \(Character(UnicodeScalar(byte))) at \(index) of \(String(decoding: bytes, as: UTF8.self))")
      index += 1
    }

    private mutating func value() throws {
      blanks()
      depth += 1
      defer { depth -= 1 }
      try hold(depth < 64, "too deep")
      switch next {
      case UInt8(ascii: "{"): try list(UInt8(ascii: "}"), isObject: true)
      case UInt8(ascii: "["): try list(UInt8(ascii: "]"), isObject: false)
      case UInt8(ascii: "\""): _ = try string()
      case UInt8(ascii: "t"): for byte in "true".utf8 { try take(byte) }
      case UInt8(ascii: "f"): for byte in "false".utf8 { try take(byte) }
      case UInt8(ascii: "n"): for byte in "null".utf8 { try take(byte) }
      default: try number()
      }
    }

    private mutating func list(_ end: UInt8, isObject: Bool) throws {
      index += 1
      blanks()
      var keys: Set<[UInt8]> = []
      while next != end {
        if isObject {
          blanks()
          let key = try string()
          try hold(keys.insert(key).inserted, "the key \(String(decoding: key, as: UTF8.self)) twice")
          blanks()
          try take(UInt8(ascii: ":"))
        }
        try value()
        blanks()
        if next == end { break }
        try take(UInt8(ascii: ","))
        blanks()
        try hold(next != end, "a comma before the end")
      }
      index += 1
    }

    private mutating func string() throws -> [UInt8] {
      try take(UInt8(ascii: "\""))
      var text: [UInt8] = []
      while let byte = next, byte != UInt8(ascii: "\"") {
        index += 1
        try hold(byte >= 0x20, "a control character in a string")
        guard byte == UInt8(ascii: "\\") else {
          text.append(byte)
          continue
        }
        guard let escaped = next else { break }
        index += 1
        switch escaped {
        case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "/"): text.append(escaped)
        case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
          text.append(0)
        case UInt8(ascii: "u"):
          let digits = bytes[index..<min(index + 4, bytes.count)]
          guard digits.count == 4, let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else {
            throw Violation("no four digits behind \\u", #fileID, #line)
          }
          text += String(UnicodeScalar(value).map(Character.init) ?? "?").utf8
          index += 4
        default: throw Violation("an escape that JSON does not have", #fileID, #line)
        }
      }
      try take(UInt8(ascii: "\""))
      return text
    }

    private mutating func number() throws {
      if next == UInt8(ascii: "-") { index += 1 }
      let start = index
      try digits()
      try hold(index == start + 1 || bytes[start] != 48, "a number with a leading zero")
      if next == UInt8(ascii: ".") {
        index += 1
        try digits()
      }
      if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
        index += 1
        if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { index += 1 }
        try digits()
      }
    }

    private mutating func digits() throws {
      let start = index
      while let byte = next, (48...57).contains(byte) { index += 1 }
      try hold(index > start, "no digits at \(index) of \(String(decoding: bytes, as: UTF8.self))")
    }
  }
#endif
