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
    // A letter or a comma before each word.
    let words = (key.count + 3) / 4
    (bigEndian, littleEndian) = (words, words)
    var offset = 0
    while offset &+ 4 <= key.count {
      add(key.load(UInt32.self, at: offset, .big))
      offset &+= 4
    }
    if offset < key.count { add(paddedWord(of: key, at: offset, bigEndian: true)) }
  }

  @inline(__always)
  private mutating func add(_ word: UInt32) {
    bigEndian &+= hexDigits(word)
    littleEndian &+= hexDigits(word.byteSwapped)
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
