// SPDX-License-Identifier: Apache-2.0

/// UUIDs as text.
enum UUIDText {
  /// Whether a text is 8, 4, 4, 4 and 12 lower-case hexadecimal digits with dashes between them.
  static func isLowerCase(_ text: Span<UInt8>) -> Bool {
    guard text.count == 36 else { return false }
    for index in 0..<36 {
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard text[index] == UInt8(ascii: "-") else { return false }
      } else {
        guard Hex.value(of: text[index]) != nil, !(65...70).contains(text[index]) else { return false }
      }
    }
    return true
  }

  /// Sixteen bytes as a UUID, in the order in which they stand.
  static func string(_ bytes: Span<UInt8>) -> String {
    var text: [UInt8] = []
    for index in 0..<bytes.count {
      if index == 4 || index == 6 || index == 8 || index == 10 { text.append(UInt8(ascii: "-")) }
      Hex.append(bytes.extracting(index..<index + 1), to: &text)
    }
    return String(decoding: text, as: UTF8.self)
  }
}
