// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

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
