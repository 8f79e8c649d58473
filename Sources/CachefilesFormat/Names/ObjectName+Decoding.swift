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

/// Why no kernel would have made a name, although it stands for a key. Such an object is never found again.
public enum NameDefect: Equatable, Sendable, CustomStringConvertible {
  /// A hexadecimal digit in upper case.
  case upperCaseDigit
  /// A word that starts with a zero.
  case leadingZero
  /// A byte of a `D` name that is not plain.
  case notPlain(UInt8)
  /// The key is longer than 252 bytes.
  case keyTooLong
  /// The name is longer than 255 bytes.
  case nameTooLong
  /// Bits set in the padding of an `E` name.
  case paddingBits
  /// The kernel writes this key in another scheme.
  case otherScheme(NameScheme)

  /// The defect as one line.
  public var description: String {
    switch self {
    case .upperCaseDigit: "upper-case hex digit"
    case .leadingZero: "leading zero"
    case .notPlain(let byte): "byte 0x\(String(byte, radix: 16)) is not in the printable class"
    case .keyTooLong: "key longer than 252 bytes"
    case .nameTooLong: "name longer than 255 bytes"
    case .paddingBits: "non-zero pad bits"
    case .otherScheme(let scheme): "the kernel would have chosen \(scheme.letter)"
    }
  }
}

/// What a name stands for.
public struct DecodedName: Equatable, Sendable {
  /// The scheme that the first letter tells.
  public var scheme: NameScheme
  /// The shortest length, in bytes, that the key can have; 0 when there is none.
  public var shortestKey: Int
  /// The longest length, in bytes, that the key can have; less than the shortest when there is none.
  public var longestKey: Int
  /// Why no kernel would have made this name; nil when it is canonical.
  public var defect: NameDefect?

  /// Whether some kernel since 5.17 makes exactly this name for a key that it accepts.
  public var isCanonical: Bool { defect == nil }

  /// Every length, in bytes, that the key can have: one for `D` and `E`, up to four for `S` and `T`.
  public var keyLengths: [Int] { shortestKey <= longestKey ? Array(shortestKey...longestKey) : [] }
}

extension ObjectName {
  /// Reads a name: appends the key to `key` (for `S` and `T` whole words, the true length being one of
  /// ``DecodedName/keyLengths``) and says whether a kernel would have made the name.
  ///
  /// The opposite of ``append(nameOf:to:)``; the kernel itself never decodes names.
  ///
  /// - Throws: ``NameFailure`` when the name stands for no key at all. A name that stands for one but that no kernel
  ///   makes is no failure: see ``DecodedName/defect``.
  public static func decode(
    _ name: Span<UInt8>, into key: inout [UInt8]
  ) throws(NameFailure) -> DecodedName {
    guard name.count > 0 else { throw .empty }
    guard let scheme = NameScheme(rawValue: name[0]) else { throw .unknownScheme(letter: name[0]) }
    let start = key.count
    var decoded: DecodedName
    switch scheme {
    case .plain: decoded = try decodePlain(name, into: &key)
    case .bigEndianWords, .littleEndianWords: decoded = try decodeWords(name, scheme, into: &key, from: start)
    case .base64: decoded = try decodeBase64(name, into: &key, from: start)
    }
    if decoded.defect == nil, name.count > maximumLength { decoded.defect = .nameTooLong }
    return decoded
  }

  private static func decodePlain(_ name: Span<UInt8>, into key: inout [UInt8]) throws(NameFailure) -> DecodedName {
    guard name.count > 1 else { throw .noKey }
    var defect: NameDefect?
    for index in 1..<name.count where !Alphabet.isPlain(name[index]) {
      let byte = name[index]
      if byte == 0 || byte == UInt8(ascii: "/") { throw .impossibleByte(byte) }
      if defect == nil { defect = .notPlain(byte) }
    }
    key.append(addingCapacity: name.count - 1) { output in
      for index in 1..<name.count { output.append(name[index]) }
    }
    let length = name.count - 1
    if defect == nil, length > CookieKey.maximumLength { defect = .keyTooLong }
    return DecodedName(scheme: .plain, shortestKey: length, longestKey: length, defect: defect)
  }

  private static func decodeWords(
    _ name: Span<UInt8>, _ scheme: NameScheme, into key: inout [UInt8], from start: Int
  ) throws(NameFailure) -> DecodedName {
    var words = 1
    for index in 1..<name.count where name[index] == UInt8(ascii: ",") { words += 1 }
    var defect: NameDefect?
    try key.append(addingCapacity: words * 4) { output throws(NameFailure) in
      var index = 1
      while true {
        var word: UInt32 = 0
        let first = index
        while index < name.count {
          let byte = name[index]
          let digit = Hex.valueOrMark(of: byte)
          if digit > 15 {
            if byte == UInt8(ascii: ",") { break }
            throw .notHexadecimal(byte)
          }
          if index - first == 8 { throw .longWord }
          if byte < 97, defect == nil {
            if byte > 57 { defect = .upperCaseDigit }
            if byte == UInt8(ascii: "0"), index == first { defect = .leadingZero }
          }
          word = word << 4 | UInt32(digit)
          index += 1
        }
        Self.append(scheme == .bigEndianWords ? word : word.byteSwapped, to: &output)
        guard index < name.count else { break }
        index += 1
      }
    }
    return candidates(scheme, key.span.extracting(start..<key.count), defect)
  }

  /// Appends the four bytes of a word, the highest first.
  @inline(__always)
  private static func append(_ word: UInt32, to output: inout OutputSpan<UInt8>) {
    output.append(UInt8(truncatingIfNeeded: word >> 24))
    output.append(UInt8(truncatingIfNeeded: word >> 16))
    output.append(UInt8(truncatingIfNeeded: word >> 8))
    output.append(UInt8(truncatingIfNeeded: word))
  }

  /// The key lengths that end in the last word with zero bytes after them, and for which the kernel chooses this scheme.
  private static func candidates(
    _ scheme: NameScheme, _ padded: Span<UInt8>, _ defect: NameDefect?
  ) -> DecodedName {
    var shortest = padded.count
    while shortest > padded.count - 3, padded[shortest - 1] == 0 { shortest -= 1 }
    let longest = min(padded.count, CookieKey.maximumLength)
    var decoded = DecodedName(scheme: scheme, shortestKey: shortest, longestKey: longest, defect: defect)
    guard defect == nil else { return decoded }
    guard shortest <= longest else {
      decoded.defect = .keyTooLong
      return decoded
    }
    var reason: NameScheme?
    var found: ClosedRange<Int>?
    // Zero bytes at the end change neither form of words, and with one of them a key is not plain.
    var lengths = EncodedLengths(padded)
    let isShortestPlain = Alphabet.isPlain(padded.extracting(0..<shortest))
    for length in shortest...longest {
      lengths.base64 = EncodedLengths.base64Length(keyLength: length)
      lengths.isPlain = isShortestPlain && length == shortest
      let chosen = lengths.scheme
      if chosen == scheme {
        found = (found?.lowerBound ?? length)...length
      } else {
        reason = chosen
      }
    }
    if let found {
      decoded.shortestKey = found.lowerBound
      decoded.longestKey = found.upperBound
    } else if let reason {
      decoded.defect = .otherScheme(reason)
    }
    return decoded
  }

  private static func decodeBase64(
    _ name: Span<UInt8>, into key: inout [UInt8], from start: Int
  ) throws(NameFailure) -> DecodedName {
    guard name.count > 1, name[1] >= 48, name[1] <= 50 else { throw .badPaddingDigit }
    let characters = name.count - 2
    guard characters > 0, characters % 4 == 0 else { throw .badBase64Length(characters) }
    // All characters in one pass without a branch: whether one of them is none of the 64 is told at the end.
    var marks: UInt8 = 0
    key.append(addingCapacity: characters / 4 * 3) { output in
      var index = 2
      while index < name.count {
        let (first, second) = (Alphabet.valueOrMark(of: name[index]), Alphabet.valueOrMark(of: name[index + 1]))
        let (third, fourth) = (Alphabet.valueOrMark(of: name[index + 2]), Alphabet.valueOrMark(of: name[index + 3]))
        marks |= first | second | third | fourth
        output.append(first | second << 6)
        output.append(second >> 2 | third << 4)
        output.append(third >> 4 | fourth << 2)
        index += 4
      }
    }
    if marks > 63 {
      for index in 2..<name.count where Alphabet.value(of: name[index]) == nil { throw .notBase64(name[index]) }
    }
    var defect: NameDefect?
    for _ in 0..<(name[1] - 48) where key.removeLast() != 0 { defect = .paddingBits }
    let length = key.count - start
    if defect == nil, length > CookieKey.maximumLength { defect = .keyTooLong }
    if defect == nil {
      let chosen = EncodedLengths(key.span.extracting(start..<key.count)).scheme
      if chosen != .base64 { defect = .otherScheme(chosen) }
    }
    return DecodedName(scheme: .base64, shortestKey: length, longestKey: length, defect: defect)
  }
}
