// SPDX-License-Identifier: Apache-2.0

/// A line of what getfattr prints, or a value alone in one of its three forms.
///
///     # file: var/cache/fscache/cache/I9p,p9src,hosttag/@28/Tf825ea,
///     user.CacheFiles.cache=0x0000000000001770…      -e hex
///     user.CacheFiles.cache=0sAAAAAAAAF3AAAAAA…      -e base64
///     user.CacheFiles.cache="\000\000\000\000…"      -e text
public enum AttributeText: Equatable, Sendable {
  /// Whose attributes follow.
  case file([UInt8])
  /// The value of the cache's attribute.
  case value([UInt8])
  /// A line without one: another attribute, or empty.
  case nothing

  /// Why a value cannot be read.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// Not hexadecimal.
    case hexadecimal(Hex.Failure)
    /// Not base64.
    case base64(String)
    /// A text form without its closing quote.
    case unterminated
    /// A backslash that no octal number of three digits, backslash or quote follows.
    case badEscape

    /// The failure as one line.
    public var description: String {
      switch self {
      case .hexadecimal(let failure): "\(failure)"
      case .base64(let reason): "not base64: \(reason)"
      case .unterminated: "the closing quote is missing"
      case .badEscape: "a backslash is followed by neither three octal digits nor a backslash or quote"
      }
    }
  }

  /// The name of the attribute, on disk and in the output.
  private static let name = Array("user.CacheFiles.cache".utf8)

  /// Reads a line.
  ///
  /// - Throws: ``Failure`` when it has a value that cannot be read.
  public init(parsing line: Span<UInt8>) throws(Failure) {
    var text = PastedText.withoutReturn(line).array[...]
    while let last = text.last, LineReader.isBlank(last) || last == 10 { text.removeLast() }
    while let first = text.first, LineReader.isBlank(first) { text.removeFirst() }
    if text.starts(with: Array("# file: ".utf8)) {
      self = .file(Self.unescaped(text.dropFirst(8)))
      return
    }
    let isOther =
      text.starts(with: Array("user.".utf8)) || text.starts(with: Array("security.".utf8))
      || text.starts(with: Array("trusted.".utf8)) || text.starts(with: Array("system.".utf8))
    if text.isEmpty || text.first == UInt8(ascii: "#") || text.starts(with: Array("getfattr: ".utf8)) {
      self = .nothing
      return
    }
    if text.starts(with: Self.name) {
      text = text.dropFirst(Self.name.count)
      // Without `=` it has no value: `getfattr` was not asked for it.
      guard text.first == UInt8(ascii: "=") else {
        self = .nothing
        return
      }
      text = text.dropFirst()
    } else if isOther {
      self = .nothing
      return
    }
    self = .value(try Self.value(Array(text)))
  }

  private static func value(_ text: [UInt8]) throws(Failure) -> [UInt8] {
    if text.starts(with: Array("0s".utf8)) || text.starts(with: Array("0S".utf8)) {
      return try base64(text.dropFirst(2))
    }
    if text.first == UInt8(ascii: "\"") { return try quoted(text.dropFirst()) }
    do throws(Hex.Failure) { return try Hex.bytes(text.span) } catch { throw .hexadecimal(error) }
  }

  /// RFC 4648, as getfattr writes it.
  private static func base64(_ text: ArraySlice<UInt8>) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    var group: UInt32 = 0
    var count = 0
    var padding = 0
    guard text.count % 4 == 0 else { throw .base64("\(text.count) characters are no multiple of 4") }
    for byte in text {
      let value: UInt32
      switch byte {
      case 65...90: value = UInt32(byte - 65)
      case 97...122: value = UInt32(byte - 71)
      case 48...57: value = UInt32(byte + 4)
      case UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "/"): value = 63
      case UInt8(ascii: "="):
        value = 0
        padding += 1
      default: throw .base64("\(EscapedBytes.quoted([byte])) is outside the alphabet")
      }
      if padding > 2 || (padding > 0 && byte != UInt8(ascii: "=")) { throw .base64("a '=' within") }
      group = group << 6 | value
      count += 1
      guard count % 4 == 0 else { continue }
      for shift: UInt32 in [16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: group >> shift)) }
      group = 0
    }
    bytes.removeLast(padding)
    return bytes
  }

  /// A string of `getfattr -e text`, after the first quote.
  private static func quoted(_ text: ArraySlice<UInt8>) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\"") {
        guard rest.isEmpty else { throw .badEscape }
        return bytes
      }
      guard byte == UInt8(ascii: "\\") else {
        bytes.append(byte)
        continue
      }
      if let octal = octal(rest) {
        bytes.append(octal)
        rest = rest.dropFirst(3)
      } else if let next = rest.popFirst(), next == UInt8(ascii: "\\") || next == UInt8(ascii: "\"") {
        bytes.append(next)
      } else {
        throw .badEscape
      }
    }
    throw .unterminated
  }

  /// The number of three octal digits.
  private static func octal(_ text: ArraySlice<UInt8>) -> UInt8? {
    let digits = text.prefix(3)
    guard digits.count == 3, digits.allSatisfy({ (48...55).contains($0) }) else { return nil }
    return UInt8(exactly: digits.reduce(0) { $0 * 8 + Int($1 - 48) })
  }

  /// A path as getfattr prints it: `\ooo` for what is not printable.
  private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\"), let value = octal(rest) {
        bytes.append(value)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return bytes
  }
}
