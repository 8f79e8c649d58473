// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// What `stats` and `ls` call a volume, as bytes and as they print it.
struct VolumeDescription {
  private let printed: [UInt8]
  private let plain: [UInt8]

  /// The description of a volume by its key.
  init(_ key: [UInt8]) {
    let summary = Array(NetfsVolume(volumeKey: key.span, byteOrder: .host).summary.utf8)
    plain = EscapedBytes.unescape(summary.span)
    printed = summary
  }

  /// Whether it holds a text that begins and ends where words do: `192.168.0.3` is no part of `192.168.0.31`.
  func contains(words text: [UInt8]) -> Bool {
    Self.contains(plain, text) || (plain != printed && Self.contains(printed, text))
  }

  private static func contains(_ all: [UInt8], _ text: [UInt8]) -> Bool {
    guard let first = text.first, let last = text.last, text.count <= all.count else { return false }
    return (0...(all.count - text.count)).contains { start in
      let end = start + text.count
      guard all[start..<end].elementsEqual(text) else { return false }
      let opens = start == 0 || !isWord(all[start - 1]) || !isWord(first)
      return opens && (end == all.count || !isWord(all[end]) || !isWord(last))
    }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"),
      0x80...:
      true
    default: false
    }
  }

  /// The description, as bytes and as it is printed where that differs.
  var forms: [[UInt8]] { plain == printed ? [plain] : [plain, printed] }

  /// The description as it is printed.
  var text: String { String(decoding: printed, as: UTF8.self) }

  /// Whether a pattern matches it in one of both forms.
  func matches(_ glob: Glob) -> Bool { glob.matches(plain) || (plain != printed && glob.matches(printed)) }
}
