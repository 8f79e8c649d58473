// SPDX-License-Identifier: Apache-2.0

/// The characters of file names: the plain class of `D` names and the 64 digits of `E` names.
///
/// The kernel's tables are `cachefiles_charmap` and `cachefiles_filecharmap` (fs/cachefiles/key.c).
public enum Alphabet {
  /// Whether a key byte may stand for itself in a `D` name: 0x21 to 0x7f without the slash, DEL included.
  @inline(__always)
  public static func isPlain(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte < 0x80 && byte != UInt8(ascii: "/")
  }

  /// Whether all bytes may stand for themselves in a `D` name.
  @inline(__always)
  static func isPlain(_ bytes: Span<UInt8>) -> Bool {
    for index in 0..<bytes.count where !isPlain(bytes[index]) { return false }
    return true
  }

  /// The character of a 6-bit value: `0`–`9`, `a`–`z`, `A`–`Z`, `_`, `-`.
  @inline(__always)
  public static func digit(_ value: UInt8) -> UInt8 {
    // Without a branch: each step moves on from the range before it.
    let low = value & 63
    var character = low &+ 48
    if low >= 10 { character &+= 39 }
    if low >= 36 { character &-= 58 }
    if low == 62 { character = UInt8(ascii: "_") }
    if low == 63 { character = UInt8(ascii: "-") }
    return character
  }

  /// The 6-bit value of a character, 255 when it is none of the 64; without a branch.
  @inline(__always)
  static func valueOrMark(of byte: UInt8) -> UInt8 {
    var value: UInt8 = 255
    if byte &- 48 < 10 { value = byte &- 48 }
    if byte &- 97 < 26 { value = byte &- 87 }
    if byte &- 65 < 26 { value = byte &- 29 }
    if byte == UInt8(ascii: "_") { value = 62 }
    if byte == UInt8(ascii: "-") { value = 63 }
    return value
  }

  /// The 6-bit value of a character, nil when it is none of the 64.
  @inline(__always)
  public static func value(of byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 97...122: byte - 87
    case 65...90: byte - 29
    case UInt8(ascii: "_"): 62
    case UInt8(ascii: "-"): 63
    default: nil
    }
  }
}
