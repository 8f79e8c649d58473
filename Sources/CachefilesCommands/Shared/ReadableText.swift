// SPDX-License-Identifier: Apache-2.0

/// Text for people at a terminal: escapes that stand for characters of UTF-8 are those characters.
///
/// Elsewhere all that is not printable ASCII stays `\xHH`: scripts read it so. What moves the cursor, turns the direction of writing or
/// cannot be seen stays escaped everywhere.
enum ReadableText {
  /// A line of text with escapes of `EscapedBytes`, as a terminal shows it.
  static func of(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    var isChanged = false
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "\\") else {
        result.append(bytes[index])
        index += 1
        continue
      }
      let character = character(bytes, at: index)
      isChanged = isChanged || !character.isEmpty
      // A backslash that was escaped itself is two, and neither begins another escape.
      let length = character.isEmpty ? min(2, bytes.count - index) : character.count * 4
      result += character.isEmpty ? Array(bytes[index..<index + length]) : character
      index += length
    }
    return isChanged ? String(decoding: result, as: UTF8.self) : text
  }

  /// The bytes of the visible character whose escapes begin at a place; empty where there is none.
  private static func character(_ bytes: [UInt8], at start: Int) -> [UInt8] {
    guard let lead = escape(bytes, at: start), (0xc2...0xf4).contains(lead) else { return [] }
    var encoded = [lead]
    for number in 1..<(lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4) {
      guard let next = escape(bytes, at: start + number * 4) else { return [] }
      encoded.append(next)
    }
    guard let text = String(validating: encoded, as: UTF8.self), text.unicodeScalars.allSatisfy(isVisible) else {
      return []
    }
    return encoded
  }

  /// The byte of an escape `\xHH`.
  private static func escape(_ bytes: [UInt8], at start: Int) -> UInt8? {
    guard start + 4 <= bytes.count, bytes[start] == UInt8(ascii: "\\"), bytes[start + 1] == UInt8(ascii: "x") else {
      return nil
    }
    return UInt8(String(decoding: bytes[start + 2..<start + 4], as: UTF8.self), radix: 16)
  }

  private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator:
      false
    default: true
    }
  }
}
