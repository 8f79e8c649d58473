// SPDX-License-Identifier: Apache-2.0

/// Bytes as hexadecimal text, two lower-case digits a byte, and back.
public enum Hex {
  /// Why a text is not hexadecimal.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The number of digits is odd.
    case oddDigits(count: Int)
    /// A byte that is no hexadecimal digit stands at this offset.
    case notADigit(byte: UInt8, offset: Int)

    /// The failure as one line.
    public var description: String {
      switch self {
      case .oddDigits(let count): "an odd number of hexadecimal digits (\(count))"
      case .notADigit(let byte, let offset):
        "\(EscapedBytes.quoted([byte])) at offset \(offset) is not a hexadecimal digit"
      }
    }
  }

  /// Appends the bytes as lower-case digits.
  public static func append(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
    text.reserveCapacity(text.count + bytes.count * 2)
    for index in 0..<bytes.count {
      text.append(digit(bytes[index] >> 4))
      text.append(digit(bytes[index] & 15))
    }
  }

  /// Appends a number with exactly `digits` lower-case digits; higher ones are left out.
  public static func append(_ value: UInt64, digits: Int, to text: inout [UInt8]) {
    for position in stride(from: digits - 1, through: 0, by: -1) {
      text.append(digit(UInt8(truncatingIfNeeded: value >> UInt64(position * 4)) & 15))
    }
  }

  /// The bytes as a string of digits.
  public static func string(_ bytes: Span<UInt8>) -> String {
    var text: [UInt8] = []
    append(bytes, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes as a string of digits.
  public static func string(_ bytes: [UInt8]) -> String { string(bytes.span) }

  /// A 32-bit number as eight lower-case digits, the form in which this project prints hashes.
  public static func string(_ value: UInt32) -> String {
    var text: [UInt8] = []
    append(UInt64(value), digits: 8, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends the bytes that hexadecimal digits stand for; upper and lower case, with or without a leading `0x`.
  ///
  /// - Throws: ``Failure`` when a byte is no digit or the number of digits is odd; nothing is appended then.
  public static func decode(_ text: Span<UInt8>, into bytes: inout [UInt8]) throws(Failure) {
    var start = 0
    if text.count >= 2, text[0] == UInt8(ascii: "0"), text[1] | 0x20 == UInt8(ascii: "x") { start = 2 }
    let count = (text.count - start) / 2
    // All digits in one pass without a branch: whether one of them is none is told at the end.
    var invalid: UInt8 = 0
    bytes.extend(byAtMost: count) { output in
      for index in 0..<count {
        let (high, low) = (text[start + index * 2], text[start + index * 2 + 1])
        invalid |= isNoDigit(high) | isNoDigit(low)
        output.append(nibble(high) << 4 | nibble(low))
      }
    }
    if invalid == 0, (text.count - start) % 2 == 0 { return }
    bytes.removeLast(count)
    for index in start..<text.count where value(of: text[index]) == nil {
      throw .notADigit(byte: text[index], offset: index)
    }
    throw .oddDigits(count: text.count - start)
  }

  /// The value of a byte that is a digit.
  @inline(__always)
  private static func nibble(_ byte: UInt8) -> UInt8 { (byte & 15) &+ (byte >> 6) &* 9 }

  /// 1 for a byte that is no digit, else 0.
  @inline(__always)
  private static func isNoDigit(_ byte: UInt8) -> UInt8 {
    ((byte &- 48 < 10 ? 1 : 0) | ((byte | 0x20) &- 97 < 6 ? 1 : 0)) ^ 1
  }

  /// The bytes that hexadecimal digits stand for; upper and lower case, with or without a leading `0x`.
  ///
  /// - Throws: ``Failure`` when a byte is no digit or the number of digits is odd.
  public static func bytes(_ text: Span<UInt8>) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 2)
    try decode(text, into: &bytes)
    return bytes
  }

  /// The digit of a value below 16.
  @inline(__always)
  static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }

  /// The value of a digit in either case.
  @inline(__always)
  static func value(of byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 97...102: byte - 87
    case 65...70: byte - 55
    default: nil
    }
  }

  /// The value of a digit in either case, 255 for a byte that is none; without a branch.
  @inline(__always)
  static func valueOrMark(of byte: UInt8) -> UInt8 {
    var value: UInt8 = 255
    if byte &- 48 < 10 { value = byte &- 48 }
    if (byte | 0x20) &- 97 < 6 { value = (byte | 0x20) &- 87 }
    return value
  }

  /// The value of up to `limit` hexadecimal digits, nil when the text is empty, longer, or holds anything else.
  static func number(_ text: Span<UInt8>, limit: Int = 16) -> UInt64? {
    guard text.count > 0, text.count <= limit else { return nil }
    var result: UInt64 = 0
    for index in 0..<text.count {
      guard let digit = value(of: text[index]) else { return nil }
      result = result << 4 | UInt64(digit)
    }
    return result
  }
}
