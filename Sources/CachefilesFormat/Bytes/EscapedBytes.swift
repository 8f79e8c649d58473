// SPDX-License-Identifier: Apache-2.0

/// Bytes made safe to print: what is not printable ASCII becomes `\xHH`, a backslash becomes `\\`.
///
/// Names in a cache are bytes: a volume key may hold newlines, escape sequences and invalid UTF-8. Nothing from a
/// disk reaches a terminal, a log or a JSON document in another form. The form is reversible.
public enum EscapedBytes {
  /// Appends the escaped form, one to four bytes for each byte.
  public static func append(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
    text.reserveCapacity(text.count + bytes.count)
    for index in 0..<bytes.count {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "\\"):
        text.append(byte)
        text.append(byte)
      case 0x20...0x7e:
        text.append(byte)
      default:
        text.append(UInt8(ascii: "\\"))
        text.append(UInt8(ascii: "x"))
        text.append(Hex.digit(byte >> 4))
        text.append(Hex.digit(byte & 15))
      }
    }
  }

  /// The escaped form.
  public static func string(_ bytes: Span<UInt8>) -> String {
    var text: [UInt8] = []
    append(bytes, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// The escaped form.
  public static func string(_ bytes: [UInt8]) -> String { string(bytes.span) }

  /// The escaped form between single quotes, for messages.
  public static func quoted(_ bytes: [UInt8]) -> String { "'\(string(bytes))'" }

  /// The same for a message: of more than 200 bytes the first ones.
  public static func excerpt(_ bytes: [UInt8]) -> String {
    bytes.count > 200 ? "'\(string(Array(bytes.prefix(200))))…'" : quoted(bytes)
  }

  /// The bytes that an escaped form stands for. A backslash that starts no escape stands for itself.
  public static func unescape(_ text: Span<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte == UInt8(ascii: "\\"), index + 1 < text.count {
        if text[index + 1] == byte {
          bytes.append(byte)
          index += 2
          continue
        }
        if text[index + 1] == UInt8(ascii: "x"), index + 3 < text.count,
          let high = Hex.value(of: text[index + 2]), let low = Hex.value(of: text[index + 3])
        {
          bytes.append(high << 4 | low)
          index += 4
          continue
        }
      }
      bytes.append(byte)
      index += 1
    }
    return bytes
  }
}
