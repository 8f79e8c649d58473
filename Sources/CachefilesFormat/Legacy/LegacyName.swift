// SPDX-License-Identifier: Apache-2.0

/// A file name of the layout before Linux 5.17: a letter, and the encoded length and key of a cookie.
///
/// Mirrors `cachefiles_cook_key` (fs/cachefiles/key.c) up to 5.16. Text form: the length as two base64 digits, high six
/// bits first, then the key itself. Base64 form: the 16-bit length in the order of the machine and the key, low bits
/// first, padded with zero bytes to groups of three.
public struct LegacyName: Equatable, Sendable {
  /// What the cookie stands for.
  public enum Kind: String, Sendable, CaseIterable {
    /// An index: a directory.
    case index
    /// A file's data.
    case data
    /// Anything else; no netfs ever used it.
    case special
  }

  /// How the key is written.
  public enum Form: String, Sendable, CaseIterable {
    /// As it is; only when all bytes are plain (``Alphabet/isPlain(_:)``).
    case text
    /// In base64.
    case base64
  }

  /// What the cookie stands for.
  public var kind: Kind
  /// How the key is written.
  public var form: Form
  /// The cookie key, up to 65535 bytes.
  public var key: [UInt8]
  /// The order of the machine that wrote the name, told by the length of a base64 form; nil when it does not tell.
  public var byteOrder: ByteOrder?
  /// Whether the kernel would have made exactly this name for the key; if not, it is never found.
  public var isCanonical: Bool

  /// The first letter: `I J D E S T`.
  public var letter: UInt8 { Self.letter(kind, form) }

  /// Whether the name that the kernel makes for the key has at most 255 bytes; a longer one was never created.
  public var fits: Bool { Self.name(of: key, kind: kind, byteOrder: byteOrder ?? .little).count <= 255 }

  /// The directory that the name stands in.
  public var fanout: Fanout { Self.fanout(of: key) }

  /// Reads a name.
  ///
  /// - Throws: ``Failure`` when it stands for no key.
  public init(parsing name: Span<UInt8>) throws(Failure) {
    guard name.count > 0 else { throw .empty }
    guard let (kind, form) = Self.meaning(ofLetter: name[0]) else { throw .unknownLetter(name[0]) }
    self.kind = kind
    self.form = form
    isCanonical = false
    let body = name.extracting(1..<name.count)
    switch form {
    case .text: key = try Self.plainKey(body)
    case .base64: (key, byteOrder) = try Self.base64Key(body)
    }
    isCanonical = name.equals(Self.name(of: key, kind: kind, byteOrder: byteOrder ?? .little).span)
  }

  /// Reads a name that was cut into pieces: all but the last start with `+`. Documented, but no kernel ever made any.
  ///
  /// - Throws: ``Failure`` when the joined name stands for no key.
  public init(pieces: [[UInt8]]) throws(Failure) {
    guard let last = pieces.last, let letter = last.first else { throw .empty }
    var name = [letter]
    for piece in pieces { name += piece.dropFirst() }
    try self.init(parsing: name.span)
    isCanonical = isCanonical && pieces.count == 1
  }

  /// The name of a key of up to 65535 bytes, however long the name becomes (``fits``).
  public static func name(of key: [UInt8], kind: Kind, byteOrder: ByteOrder) -> [UInt8] {
    let length = UInt16(truncatingIfNeeded: key.count)
    if key.allSatisfy(Alphabet.isPlain), key.count < 4096 {
      let digits = [Alphabet.digit(UInt8(length >> 6)), Alphabet.digit(UInt8(length & 63))]
      return [letter(kind, .text)] + digits + key
    }
    var bytes: [UInt8] = []
    bytes.append(length, byteOrder)
    bytes += key
    while bytes.count % 3 != 0 { bytes.append(0) }
    var name = [letter(kind, .base64)]
    for offset in stride(from: 0, to: bytes.count, by: 3) {
      var group = UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
      for _ in 0..<4 {
        name.append(Alphabet.digit(UInt8(truncatingIfNeeded: group) & 63))
        group >>= 6
      }
    }
    return name
  }

  /// The directory of a key: `@` and the sum of the two bytes of its length and all its bytes, modulo 256.
  public static func fanout(of key: [UInt8]) -> Fanout {
    let length = UInt16(truncatingIfNeeded: key.count)
    var sum = UInt8(length >> 8) &+ UInt8(length & 0xff)
    for byte in key { sum = sum &+ byte }
    return Fanout(sum)
  }

  private static func letter(_ kind: Kind, _ form: Form) -> UInt8 {
    switch (kind, form) {
    case (.index, .text): UInt8(ascii: "I")
    case (.index, .base64): UInt8(ascii: "J")
    case (.data, .text): UInt8(ascii: "D")
    case (.data, .base64): UInt8(ascii: "E")
    case (.special, .text): UInt8(ascii: "S")
    case (.special, .base64): UInt8(ascii: "T")
    }
  }

  private static func meaning(ofLetter letter: UInt8) -> (Kind, Form)? {
    for kind in Kind.allCases {
      for form in Form.allCases where Self.letter(kind, form) == letter { return (kind, form) }
    }
    return nil
  }

  private static func plainKey(_ body: Span<UInt8>) throws(Failure) -> [UInt8] {
    guard body.count >= 2 else { throw .noLength }
    guard let high = Alphabet.value(of: body[0]) else { throw .notBase64(body[0]) }
    guard let low = Alphabet.value(of: body[1]) else { throw .notBase64(body[1]) }
    let length = Int(high) << 6 | Int(low)
    guard length == body.count - 2 else { throw .wrongLength(written: length, found: body.count - 2) }
    return body.extracting(2..<body.count).array
  }

  private static func base64Key(_ body: Span<UInt8>) throws(Failure) -> ([UInt8], ByteOrder?) {
    guard body.count > 0, body.count % 4 == 0 else { throw .badBase64Length(body.count) }
    var bytes: [UInt8] = []
    for offset in stride(from: 0, to: body.count, by: 4) {
      var group: UInt32 = 0
      for position in 0..<4 {
        guard let value = Alphabet.value(of: body[offset + position]) else {
          throw .notBase64(body[offset + position])
        }
        group |= UInt32(value) << UInt32(position * 6)
      }
      for shift: UInt32 in [0, 8, 16] { bytes.append(UInt8(truncatingIfNeeded: group >> shift)) }
    }
    for order in [ByteOrder.little, .big] {
      let length = Int(bytes.span.load(UInt16.self, at: 0, order))
      guard (length + 4) / 3 * 3 == bytes.count else { continue }
      return (Array(bytes[2..<2 + length]), bytes[0] == bytes[1] ? nil : order)
    }
    let written = Int(bytes.span.load(UInt16.self, at: 0, .little))
    throw .wrongLength(written: written, found: bytes.count - 2)
  }

  /// Why a name stands for no key.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The name is empty.
    case empty
    /// The first letter is none of `I J D E S T`.
    case unknownLetter(UInt8)
    /// A text form without the two digits of the length.
    case noLength
    /// The length that is written does not fit what follows.
    case wrongLength(written: Int, found: Int)
    /// A base64 form whose characters are no multiple of four.
    case badBase64Length(Int)
    /// A character outside the alphabet.
    case notBase64(UInt8)

    /// The failure as one line.
    public var description: String {
      switch self {
      case .empty: "an empty name"
      case .unknownLetter(let letter):
        "\(EscapedBytes.quoted([letter])) is no letter of the old layout (I, J, D, E, S or T)"
      case .noLength: "no length after the letter"
      case .wrongLength(let written, let found): "the name says a key of \(written) bytes, but holds \(found)"
      case .badBase64Length(let count): "\(count) base64 characters: not a positive multiple of 4"
      case .notBase64(let byte): "\(EscapedBytes.quoted([byte])) is outside the base64 alphabet"
      }
    }
  }
}
