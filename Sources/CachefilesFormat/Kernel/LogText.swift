// SPDX-License-Identifier: Apache-2.0

/// Searching in lines of text.
enum LogText {
  /// The offset of a text, nil when it does not occur.
  static func find(_ needle: StaticString, in text: Span<UInt8>, from start: Int = 0) -> Int? {
    let bytes = Array(needle.description.utf8)
    guard text.count >= bytes.count, start >= 0 else { return nil }
    var offset = start
    while offset + bytes.count <= text.count {
      if text.extracting(offset..<offset + bytes.count).equals(bytes.span) { return offset }
      offset += 1
    }
    return nil
  }

  /// The word after `name=`, which ends at a blank or a closing bracket; the name stands after a blank or a bracket.
  static func value(of name: StaticString, in text: Span<UInt8>) -> [UInt8]? {
    var start = 0
    while let found = find(name, in: text, from: start) {
      start = found + 1
      guard found == 0 || LineReader.isBlank(text[found - 1]) || text[found - 1] == UInt8(ascii: "[") else { continue }
      let first = found + name.utf8CodeUnitCount
      var end = first
      while end < text.count, !LineReader.isBlank(text[end]), text[end] != UInt8(ascii: "]") { end += 1 }
      return text.extracting(first..<end).array
    }
    return nil
  }
}
