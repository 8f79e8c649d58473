// SPDX-License-Identifier: Apache-2.0

/// The lengths, in bytes, that a key's name would have in each scheme, and the scheme that follows.
struct EncodedLengths {
  /// Whether every byte of the key is plain.
  var isPlain: Bool
  /// The length of the `S` form.
  var bigEndian = 0
  /// The length of the `T` form.
  var littleEndian = 0
  /// The length of the `E` form.
  var base64: Int

  /// Measures a key; the bytes after its end count as zero, up to a whole word.
  init(_ key: Span<UInt8>) {
    base64 = Self.base64Length(keyLength: key.count)
    isPlain = Alphabet.isPlain(key)
    if isPlain { return }
    var offset = 0
    while offset < key.count {
      let word = paddedWord(of: key, at: offset, bigEndian: true)
      bigEndian += 1 + hexDigits(word)
      littleEndian += 1 + hexDigits(word.byteSwapped)
      offset += 4
    }
  }

  /// The kernel's choice: plain, else words if they are shorter than base64, big-endian on a tie.
  var scheme: NameScheme {
    if isPlain { return .plain }
    if min(bigEndian, littleEndian) < base64 {
      return bigEndian <= littleEndian ? .bigEndianWords : .littleEndianWords
    }
    return .base64
  }

  /// The length of an `E` name: letter, padding digit, four characters for each three bytes.
  static func base64Length(keyLength: Int) -> Int { 2 + 4 * ((keyLength + 2) / 3) }
}
