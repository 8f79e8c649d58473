// SPDX-License-Identifier: Apache-2.0

/// Reads the comma-separated fields of a volume key one after the other, strictly.
///
/// A field that is not exactly what the kernel writes is an error with a reason, never a guess.
struct VolumeKeyReader: ~Escapable {
  /// Why a field is not what the kernel writes.
  struct Failure: Error, Equatable {
    /// The reason in one line, disk bytes escaped.
    var reason: String
  }

  private let key: Span<UInt8>
  private var offset = 0
  private var isAtEnd = false

  /// Reads from the first byte of a key.
  @_lifetime(copy key)
  init(_ key: Span<UInt8>) { self.key = key }

  /// Whether every field has been read.
  var isDone: Bool { isAtEnd }

  /// The bytes up to the next comma or the end.
  @_lifetime(self: copy self)
  mutating func field(_ name: StaticString) throws(Failure) -> [UInt8] {
    if isAtEnd { throw Failure(reason: "the key ends before the field \(name)") }
    var end = offset
    while end < key.count, key[end] != UInt8(ascii: ",") { end += 1 }
    let bytes = key.extracting(offset..<end).array
    isAtEnd = end == key.count
    offset = end + 1
    return bytes
  }

  /// Everything that is left, commas included.
  @_lifetime(self: copy self)
  mutating func rest(_ name: StaticString) throws(Failure) -> [UInt8] {
    if isAtEnd { throw Failure(reason: "the key ends before the field \(name)") }
    isAtEnd = true
    return key.extracting(offset..<key.count).array
  }

  /// A hexadecimal number as `nfs_append_int` writes it: an empty field is zero, no leading zeros, lower case.
  @_lifetime(self: copy self)
  mutating func number(_ name: StaticString, bits: Int) throws(Failure) -> UInt64 {
    let bytes = try field(name)
    if bytes.isEmpty { return 0 }
    if bytes[0] == UInt8(ascii: "0") {
      throw Failure(reason: "the field \(name) is \(EscapedBytes.quoted(bytes)): a number starts with no zero")
    }
    return try Self.hexadecimal(bytes, name, bits: bits)
  }

  /// A hexadecimal number in lower case that fits the width.
  static func hexadecimal(_ bytes: [UInt8], _ name: StaticString, bits: Int) throws(Failure) -> UInt64 {
    for byte in bytes where Hex.value(of: byte) == nil || byte < 97 && byte > 57 {
      throw Failure(
        reason: "the field \(name) is \(EscapedBytes.quoted(bytes)): not a lower-case hexadecimal number")
    }
    guard let value = Hex.number(bytes.span, limit: bits / 4) else {
      throw Failure(reason: "the field \(name) is \(EscapedBytes.quoted(bytes)): not a number of \(bits) bits")
    }
    return value
  }

  /// A decimal number without leading zeros, at most `limit`; nil for anything else.
  static func decimal(_ bytes: Span<UInt8>, limit: UInt32) -> UInt32? {
    guard bytes.count > 0, bytes.count <= 10, bytes.count == 1 || bytes[0] != 48 else { return nil }
    var value: UInt64 = 0
    for index in 0..<bytes.count {
      guard bytes[index] >= 48, bytes[index] <= 57 else { return nil }
      value = value * 10 + UInt64(bytes[index] - 48)
    }
    return value <= UInt64(limit) ? UInt32(value) : nil
  }
}
