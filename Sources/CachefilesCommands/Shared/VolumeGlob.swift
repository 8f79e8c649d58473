import CachefilesFormat

/// A pattern over volumes. Without a wildcard it is the volume key, or a part of the description between two words.
struct VolumeGlob: Sendable {
  private let glob: Glob

  init(_ pattern: [UInt8]) { glob = Glob(pattern) }

  /// Whether a volume key, or its description, matches.
  func matches(_ key: [UInt8]) -> Bool {
    if glob.matches(key) || VolumeDescription(key).matches(glob) { return true }
    guard let text = glob.literal, !text.isEmpty else { return false }
    return VolumeDescription(key).contains(words: text)
  }
}

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

/// `*` and `?` over bytes; `\xHH`, as everything is printed, is that byte, and a backslash takes any other byte as it is.
struct Glob: Sendable {
  enum Part: Sendable, Equatable {
    case byte(UInt8)
    case anyByte
    case anything
  }

  let parts: [Part]

  /// Reads a pattern.
  init(_ pattern: [UInt8]) {
    var parts: [Part] = []
    var rest = pattern[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "*"): parts.append(.anything)
      case UInt8(ascii: "?"): parts.append(.anyByte)
      case UInt8(ascii: "\\"):
        let escape = [byte] + rest.prefix(3)
        let escaped = EscapedBytes.unescape(escape.span)
        if escape.count == 4, escape[1] == UInt8(ascii: "x"), escaped.count == 1 {
          rest = rest.dropFirst(3)
          parts.append(.byte(escaped[0]))
        } else {
          parts.append(.byte(rest.popFirst() ?? byte))
        }
      default: parts.append(.byte(byte))
      }
    }
    self.parts = parts
  }

  /// The text that it stands for; nil when it has wildcards.
  var literal: [UInt8]? {
    var text: [UInt8] = []
    for part in parts {
      guard case .byte(let byte) = part else { return nil }
      text.append(byte)
    }
    return text
  }

  /// Whether all of a text matches.
  func matches(_ text: [UInt8]) -> Bool {
    var (p, t) = (0, 0)
    var star: (part: Int, text: Int)?
    while t < text.count {
      if p < parts.count, parts[p] == .anything {
        star = (p + 1, t)
        p += 1
        continue
      }
      if p < parts.count, parts[p] == .anyByte || parts[p] == .byte(text[t]) {
        p += 1
        t += 1
        continue
      }
      guard let last = star else { return false }
      star = (last.part, last.text + 1)
      (p, t) = (last.part, last.text + 1)
    }
    while p < parts.count, parts[p] == .anything { p += 1 }
    return p == parts.count
  }
}
