// SPDX-License-Identifier: Apache-2.0

/// The keys in one line of the kernel's log.
///
/// `fscache_print_cookie` (fs/fscache/cookie.c, from 6.8 fs/netfs/fscache_cookie.c) prints three lines for a cookie,
/// each starting with `O-`, `N-` or another letter: its state, its volume key in brackets, its own key in hexadecimal.
///
///     netfs: O-cookie c=00049c53 [fl=6124 na=1 nA=2 s=L]
///     netfs: O-cookie V=0000000a [Enfs,4.2,2,108,887517ac,2,,,50,100000,100000,927c0,927c0,927c0,927c0,1]
///     netfs: O-key=[56] '0100010c0200000008000000e7ba9075…'
///
/// The volume key is printed with the byte before it, its length: `E` (69) above. A length below 32 comes out as an
/// escape (`\x07`) or not at all.
public struct LogLine: Equatable, Sendable {
  /// The volume key of a line.
  public enum VolumeKey: Equatable, Sendable {
    /// The key, without its length byte.
    case certain([UInt8])
    /// The text may be one key or another; the reason in one line.
    case ambiguous([[UInt8]], reason: String)
  }

  /// The volume key, nil when the line has none.
  public var volumeKey: VolumeKey?
  /// The cookie key as far as it is printed, nil when the line has none.
  public var cookieKey: [UInt8]?
  /// The length of the cookie key in bytes that the kernel printed before it, nil when it did not.
  public var cookieKeyLength: Int?
  /// The letter before the dash of `O-key` or `O-cookie`; nil in a line without one.
  public var prefix: UInt8?
  /// The kernels that print such a line: a volume stands in none before 5.17, the words `netfs:` before the key in none
  /// before 6.8, and cachefiles printed keys, without a letter before them, up to 5.16 only.
  public var kernels: LogKernels = .any

  /// Whether the line has only the start of the cookie key: the kernel prints at most 64 bytes.
  public var isCookieKeyCut: Bool {
    guard let cookieKeyLength, let cookieKey else { return false }
    return cookieKey.count < cookieKeyLength
  }

  /// Why a line has no keys.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The first of the three lines: a cookie's number and state.
    case stateOnly
    /// Neither a volume key in brackets nor a cookie key after the word `key`.
    case noKey
    /// The digits of a cookie key are odd in number.
    case oddDigits(count: Int)
    /// There are more digits than the length before them allows, or fewer than the kernel prints of such a length.
    case wrongDigits(count: Int, length: Int)

    /// The failure as one line.
    public var description: String {
      switch self {
      case .stateOnly: "this line has a cookie's number and state; the keys stand in the next two lines"
      case .noKey: "no volume key in brackets, and no hexadecimal cookie key after the word key"
      case .oddDigits(let count): "an odd number of hexadecimal digits (\(count)) in the cookie key"
      case .wrongDigits(let count, let length):
        "\(count) digits for a key of \(length) byte\(length == 1 ? "" : "s")"
      }
    }
  }

  /// Reads a line, with or without what the logger put before it.
  ///
  /// - Throws: ``Failure`` when it has neither key, or a cookie key whose digits cannot be right.
  public init(parsing line: Span<UInt8>) throws(Failure) {
    var end = line.count
    while end > 0, line[end - 1] == 10 || LineReader.isBlank(line[end - 1]) { end -= 1 }
    let text = line.extracting(0..<end)
    let printed = try CookieKeyText(in: text)
    if let printed {
      cookieKey = printed.key
      cookieKeyLength = printed.length
    }
    volumeKey = Self.volumeKey(in: text.extracting(0..<(printed?.range.lowerBound ?? text.count)))
    if let printed, volumeKey == nil {
      volumeKey = Self.volumeKey(in: text.extracting(printed.range.upperBound..<text.count))
    }
    guard volumeKey != nil || cookieKey != nil else {
      throw LogText.find("[fl=", in: text, from: 0) == nil ? .noKey : .stateOnly
    }
    (prefix, kernels) = Self.source(text, hasVolume: volumeKey != nil)
  }

  /// The letter before the dash, and the kernels.
  private static func source(_ text: Span<UInt8>, hasVolume: Bool) -> (UInt8?, LogKernels) {
    let mark = LogText.find("-key=[", in: text) ?? LogText.find("-cookie ", in: text)
    let prefix = mark.flatMap { $0 > 0 ? text[$0 - 1] : nil }
    if hasVolume || LogText.find("netfs: ", in: text) != nil { return (prefix, .since517) }
    if prefix == nil, LogText.find("achefiles: ", in: text) ?? LogText.find("acheFiles: ", in: text) != nil {
      return (nil, .before517)
    }
    return (prefix, .any)
  }

  /// The key in the brackets: those after `V=` and a number if there are any, else the last pair that can hold one.
  private static func volumeKey(in text: Span<UInt8>) -> VolumeKey? {
    var close = text.count
    while close > 0, text[close - 1] != UInt8(ascii: "]") { close -= 1 }
    guard close > 0 else { return nil }
    var candidates: [VolumeKey] = []
    for open in 0..<close where text[open] == UInt8(ascii: "[") {
      let isMarked = isAfterVolumeNumber(text.extracting(0..<open))
      let content = text.extracting(open + 1..<close - 1)
      guard let key = key(inBrackets: content, isMarked: isMarked) else { continue }
      if isMarked { return key }
      if case .certain = key { return key }
      candidates.append(key)
    }
    return candidates.last
  }

  /// Whether a text ends with `V=`, hexadecimal digits and blanks.
  private static func isAfterVolumeNumber(_ text: Span<UInt8>) -> Bool {
    var end = text.count
    while end > 0, LineReader.isBlank(text[end - 1]) { end -= 1 }
    let digits = end
    while end > 0, Hex.value(of: text[end - 1]) != nil { end -= 1 }
    return end < digits && end >= 2 && text[end - 1] == UInt8(ascii: "=") && text[end - 2] == UInt8(ascii: "V")
  }

  /// What stands in the brackets: a length byte and a key when the byte counts what follows; a key without it when it
  /// starts with a netfs; otherwise both readings.
  private static func key(inBrackets content: Span<UInt8>, isMarked: Bool) -> VolumeKey? {
    let plain = content.array
    let unescaped = EscapedBytes.unescape(content)
    for bytes in unescaped == plain ? [plain] : [unescaped, plain] {
      guard bytes.count > 1, Int(bytes[0]) == bytes.count - 1 else { continue }
      let key = Array(bytes[1...])
      if isMarked || NetfsType(volumeKey: key.span) != .unknown { return .certain(key) }
    }
    let rest = unescaped.isEmpty ? [] : Array(unescaped[1...])
    let isKey = NetfsType(volumeKey: unescaped.span) != .unknown
    let isKeyInside = NetfsType(volumeKey: rest.span) != .unknown
    if isKey, !isKeyInside { return .certain(unescaped) }
    guard !rest.isEmpty, isKeyInside || isMarked else { return nil }
    let first = unescaped[0]
    let isName = first == VolumeName.prefix
    let what = isName ? "may be the I of a directory's name or a cut line" : "is no length of what follows"
    return .ambiguous(
      isKeyInside ? [rest] : [rest, unescaped],
      reason: "\(EscapedBytes.quoted([first])) stands for \(first) bytes, \(rest.count) follow: it \(what)")
  }
}

/// A cookie key in a line: the word `key`, then possibly `=`, `:`, a length in brackets, blanks and a quote, then digits.
private struct CookieKeyText {
  /// From the word to the end of the digits.
  var range: Range<Int>
  var key: [UInt8]
  var length: Int?

  /// The last one in a text, nil when there is none.
  init?(in text: Span<UInt8>) throws(LogLine.Failure) {
    var words: [Int] = []
    while let next = LogText.find("key", in: text, from: words.last.map { $0 + 1 } ?? 0) { words.append(next) }
    for word in words.reversed() {
      var offset = word + 3
      var length: Int?
      while offset < text.count {
        let byte = text[offset]
        if byte == UInt8(ascii: "=") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "'")
          || LineReader.isBlank(byte)
        {
          offset += 1
        } else if byte == UInt8(ascii: "["), length == nil,
          let end = LogText.find("]", in: text, from: offset),
          let number = LineNumber.decimal(text.extracting(offset + 1..<end).array)
        {
          length = number
          offset = end + 1
        } else {
          break
        }
      }
      var end = offset
      while end < text.count, Hex.value(of: text[end]) != nil { end += 1 }
      // At least a byte, and then the quote, a blank or the end: other words than a key are skipped.
      guard end > offset + 1, offset > word + 3 else { continue }
      guard end == text.count || text[end] == UInt8(ascii: "'") || LineReader.isBlank(text[end]) else { continue }
      if Self.isInBrackets(text.extracting(end..<text.count)) { continue }
      guard let key = try? Hex.bytes(text.extracting(offset..<end)) else {
        if let length, end - offset > 2 * length { throw .wrongDigits(count: end - offset, length: length) }
        throw .oddDigits(count: end - offset)
      }
      if let length, key.count > length { throw .wrongDigits(count: end - offset, length: length) }
      range = word..<end
      self.key = key
      self.length = length
      return
    }
    return nil
  }

  /// Whether the next bracket closes: the place before it is part of a volume key.
  private static func isInBrackets(_ rest: Span<UInt8>) -> Bool {
    for index in 0..<rest.count {
      if rest[index] == UInt8(ascii: "]") { return true }
      if rest[index] == UInt8(ascii: "[") { return false }
    }
    return false
  }
}
