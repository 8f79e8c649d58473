// SPDX-License-Identifier: Apache-2.0

/// The file name of an object: a cookie key in one of the four schemes.
///
/// Mirrors `cachefiles_cook_key` (fs/cachefiles/key.c).
public enum ObjectName {
  /// The longest name that a file system takes, in bytes.
  public static let maximumLength = 255

  /// Appends the name of a key, whatever its length, and says which scheme it has.
  ///
  /// - Throws: ``CookieKey/Failure`` when the key is empty or longer than 252 bytes.
  @discardableResult
  public static func append(
    nameOf key: Span<UInt8>, to name: inout [UInt8]
  ) throws(CookieKey.Failure) -> NameScheme {
    try CookieKey.check(count: key.count)
    let lengths = EncodedLengths(key)
    let scheme = lengths.scheme
    name.append(scheme.rawValue)
    switch scheme {
    case .plain: name.append(key)
    case .bigEndianWords: appendWords(of: key, bigEndian: true, to: &name)
    case .littleEndianWords: appendWords(of: key, bigEndian: false, to: &name)
    case .base64: appendBase64(of: key, to: &name)
    }
    return scheme
  }

  /// The name of a key, whatever its length.
  ///
  /// - Throws: ``CookieKey/Failure`` when the key is empty or longer than 252 bytes.
  public static func name(of key: [UInt8]) throws(CookieKey.Failure) -> [UInt8] {
    var name: [UInt8] = []
    // Words take most: nine characters for four bytes.
    name.reserveCapacity(key.count * 9 / 4 + 10)
    try append(nameOf: key.span, to: &name)
    return name
  }

  /// What a kernel does with a name, by its length in bytes.
  public static func fate(ofNameLength count: Int) -> NameFate {
    guard count > maximumLength else { return .fits }
    return count % 256 == 0 ? .never : .cut(to: count % 256)
  }

  /// The words with commas between them. The first word follows the letter directly.
  private static func appendWords(of key: Span<UInt8>, bigEndian: Bool, to name: inout [UInt8]) {
    var offset = 0
    while offset < key.count {
      if offset > 0 { name.append(UInt8(ascii: ",")) }
      let word = paddedWord(of: key, at: offset, bigEndian: bigEndian)
      var shift = (31 - word.leadingZeroBitCount) & ~3
      if word == 0 { shift = -1 }
      while shift >= 0 {
        name.append(Hex.digit(UInt8(truncatingIfNeeded: word >> UInt32(shift)) & 15))
        shift -= 4
      }
      offset += 4
    }
  }

  /// A digit for the padding, then four characters for each three bytes, low bits first.
  private static func appendBase64(of key: Span<UInt8>, to name: inout [UInt8]) {
    let padding = (3 - key.count % 3) % 3
    name.append(48 + UInt8(padding))
    let whole = key.count / 3 * 3
    name.extend(byAtMost: (key.count + 2) / 3 * 4) { output in
      var offset = 0
      while offset < whole {
        let group = UInt32(key[offset]) | UInt32(key[offset + 1]) << 8 | UInt32(key[offset + 2]) << 16
        Self.append(group, to: &output)
        offset += 3
      }
      guard offset < key.count else { return }
      var group = UInt32(key[offset])
      if offset + 1 < key.count { group |= UInt32(key[offset + 1]) << 8 }
      Self.append(group, to: &output)
    }
  }

  /// Appends the four digits of 24 bits, the lowest first.
  @inline(__always)
  private static func append(_ group: UInt32, to output: inout OutputSpan<UInt8>) {
    output.append(Alphabet.digit(UInt8(truncatingIfNeeded: group)))
    output.append(Alphabet.digit(UInt8(truncatingIfNeeded: group >> 6)))
    output.append(Alphabet.digit(UInt8(truncatingIfNeeded: group >> 12)))
    output.append(Alphabet.digit(UInt8(truncatingIfNeeded: group >> 18)))
  }
}

/// The number of hexadecimal digits of a word without leading zeros; none for zero.
@inline(__always)
func hexDigits(_ word: UInt32) -> Int { (35 - word.leadingZeroBitCount) >> 2 }

/// The 32-bit word at a byte offset; bytes beyond the end are zero.
@inline(__always)
func paddedWord(of key: Span<UInt8>, at offset: Int, bigEndian: Bool) -> UInt32 {
  var word: UInt32 = 0
  let end = min(4, key.count - offset)
  if end == 4 { return key.load(UInt32.self, at: offset, bigEndian ? .big : .little) }
  for index in 0..<end { word |= UInt32(key[offset + index]) << UInt32(24 - index * 8) }
  return bigEndian ? word : word.byteSwapped
}
