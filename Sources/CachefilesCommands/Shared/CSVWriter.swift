// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// Writes comma-separated values (RFC 4180) into a byte buffer.
///
/// A text that a server or a client chose is written so that no spreadsheet takes it for a formula and runs it: an apostrophe
/// before it says that it is text. Behind a separator in it, where a reader that knows no quotes would begin a cell, what begins
/// a formula is written as `\xHH`, as everything that is escaped.
struct CSVWriter {
  /// The text so far.
  private(set) var bytes: [UInt8] = []
  private var isFirst = true
  private var scratch: [UInt8] = []

  /// Forgets the text and keeps the memory.
  mutating func reset() { bytes.removeAll(keepingCapacity: true) }

  /// Writes an empty cell.
  mutating func empty() { separate() }

  /// Writes a number.
  mutating func number(_ value: some FixedWidthInteger) {
    separate()
    bytes += String(value).utf8
  }

  /// Writes our own text, which needs no quotes.
  mutating func word(_ value: StaticString) {
    separate()
    value.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  /// Writes bytes from a disk, escaped.
  mutating func bytes(_ value: Span<UInt8>) {
    scratch.removeAll(keepingCapacity: true)
    EscapedBytes.append(value, to: &scratch)
    text(scratch)
  }

  /// Writes a text that is escaped already.
  mutating func text(_ escaped: some Collection<UInt8>) {
    separate()
    let isQuoted = escaped.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 10 || $0 == 13 }
    if isQuoted { bytes.append(UInt8(ascii: "\"")) }
    var last: UInt8?
    for byte in escaped {
      if Self.begins(byte), last == nil {
        bytes.append(UInt8(ascii: "'"))
        bytes.append(byte)
      } else if Self.begins(byte), let last, Self.separates(last) {
        bytes += "\\x".utf8
        Hex.append(UInt64(byte), digits: 2, to: &bytes)
      } else {
        if byte == UInt8(ascii: "\"") { bytes.append(byte) }
        bytes.append(byte)
      }
      last = byte
    }
    if isQuoted { bytes.append(UInt8(ascii: "\"")) }
  }

  /// Writes bytes in hexadecimal.
  mutating func hex(_ value: Span<UInt8>) {
    separate()
    Hex.append(value, to: &bytes)
  }

  /// Writes cells that were written before, by a writer that wrote nothing else.
  mutating func cells(_ written: [UInt8]) {
    separate()
    bytes += written
  }

  /// Ends a row.
  mutating func end() {
    bytes += [13, 10]
    isFirst = true
  }

  private mutating func separate() {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
  }

  /// Whether a cell that begins with this byte is a formula.
  @inline(__always)
  private static func begins(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), UInt8(ascii: "|"): true
    default: false
    }
  }

  private static func separates(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";") || byte == 9
  }
}
