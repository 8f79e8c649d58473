// SPDX-License-Identifier: Apache-2.0
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
    key.extend(byAtMost: name.count - 1) { output in
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
    try key.extend(byAtMost: words * 4) { output throws(NameFailure) in
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
    key.extend(byAtMost: characters / 4 * 3) { output in
      var index = 2
      while index < name.count {
        // One check of bounds for four characters.
        let four = name.load(UInt32.self, at: index, .little)
        let first = Alphabet.valueOrMark(of: UInt8(truncatingIfNeeded: four))
        let second = Alphabet.valueOrMark(of: UInt8(truncatingIfNeeded: four >> 8))
        let third = Alphabet.valueOrMark(of: UInt8(truncatingIfNeeded: four >> 16))
        let fourth = Alphabet.valueOrMark(of: UInt8(truncatingIfNeeded: four >> 24))
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
