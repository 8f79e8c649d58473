// SPDX-License-Identifier: Apache-2.0

/// Why a name stands for no key at all.
public enum NameFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// The name is empty.
  case empty
  /// The first letter is none of `D`, `S`, `T`, `E`.
  case unknownScheme(letter: UInt8)
  /// A `D` name without a key.
  case noKey
  /// A slash or a NUL, which no file name can hold.
  case impossibleByte(UInt8)
  /// A word of an `S` or `T` name with more than eight digits.
  case longWord
  /// A word of an `S` or `T` name with a byte that is no hexadecimal digit.
  case notHexadecimal(UInt8)
  /// An `E` name whose second character is not `0`, `1` or `2`.
  case badPaddingDigit
  /// An `E` name whose remainder is empty or not a multiple of four characters.
  case badBase64Length(Int)
  /// An `E` name with a character outside the alphabet.
  case notBase64(UInt8)

  /// The failure as one line.
  public var description: String {
    switch self {
    case .empty: "an empty name"
    case .unknownScheme(let letter): "\(EscapedBytes.quoted([letter])) is no scheme letter (D, S, T or E)"
    case .noKey: "no key after the letter D"
    case .impossibleByte(let byte): "\(EscapedBytes.quoted([byte])) cannot stand in a file name"
    case .longWord: "a word of more than 8 hexadecimal digits"
    case .notHexadecimal(let byte): "\(EscapedBytes.quoted([byte])) is not a hexadecimal digit"
    case .badPaddingDigit: "the digit after E is not 0, 1 or 2"
    case .badBase64Length(let count): "\(count) base64 characters: not a positive multiple of 4"
    case .notBase64(let byte): "\(EscapedBytes.quoted([byte])) is outside the base64 alphabet"
    }
  }
}
