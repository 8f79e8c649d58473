// SPDX-License-Identifier: Apache-2.0

/// Numbers in kernel text.
enum LineNumber {
  /// A decimal number as `%d` writes it, of at most so many digits (18 fit in any case); nil for anything else.
  static func decimal(_ word: [UInt8], digits limit: Int = 10) -> Int? {
    let digits = word.first == UInt8(ascii: "-") ? word.dropFirst() : word[...]
    guard !digits.isEmpty, digits.count <= limit, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
    let value = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    return digits.count == word.count ? value : -value
  }

  /// A hexadecimal number of at most so many digits; nil for anything else.
  static func hexadecimal(_ word: [UInt8], digits: Int) -> UInt64? { Hex.number(word.span, limit: digits) }
}
