// SPDX-License-Identifier: Apache-2.0

/// How a cookie key is written in an object's file name; the first letter of the name tells.
///
/// The kernel's choice is made in `cachefiles_cook_key` (fs/cachefiles/key.c), unchanged since 5.17.
public enum NameScheme: UInt8, Sendable, CaseIterable {
  /// `D`: the key's own bytes; only when all of them are printable (``Alphabet/isPlain(_:)``).
  case plain = 0x44
  /// `S`: 32-bit big-endian words in hexadecimal, separated by commas.
  case bigEndianWords = 0x53
  /// `T`: 32-bit little-endian words in hexadecimal, separated by commas.
  case littleEndianWords = 0x54
  /// `E`: base64 of its own kind, after a digit that counts the padding bytes.
  case base64 = 0x45

  /// The letter: `D`, `S`, `T` or `E`.
  public var letter: Character { Character(UnicodeScalar(rawValue)) }
}
