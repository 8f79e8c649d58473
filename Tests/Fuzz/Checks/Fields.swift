// SPDX-License-Identifier: Apache-2.0
#if DEBUG || Fuzzing
  import CachefilesFormat

  /// What holds for the facts of any key or record, and for all text about them.
  enum Fields {
    static func check(_ fields: [NetfsField]) throws {
      try hold(Set(fields.map(\.name)).count == fields.count, "two fields of one name: \(fields.map(\.name))")
      for field in fields {
        let isName = field.name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
        try hold(isName && !field.name.isEmpty, "a field called '\(field.name)'")
        switch field.value {
        case .text(let text): try printable(text)
        case .list(let texts): for text in texts { try printable(text) }
        case .time(_, let nanoseconds): try hold(nanoseconds < 1_000_000_000, "\(nanoseconds) ns")
        case .number, .identifier, .bytes, .opaque: break
        }
      }
    }

    /// Text that reaches a terminal has no control characters but the given ones.
    static func printable(
      _ text: String, except allowed: [UInt8] = [], file: StaticString = #fileID, line: UInt = #line
    ) throws {
      let isClean = text.unicodeScalars.allSatisfy {
        ($0.value >= 0x20 && !(0x7f..<0xa0).contains($0.value)) || $0.value < 0x20 && allowed.contains(UInt8($0.value))
      }
      try hold(isClean, "a control character in '\(text.debugDescription)'", file: file, line: line)
    }
  }
#endif
