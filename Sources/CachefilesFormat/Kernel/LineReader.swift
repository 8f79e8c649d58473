// SPDX-License-Identifier: Apache-2.0

/// Reads words of one line of kernel text, separated by blanks.
struct LineReader: ~Escapable {
  private let line: Span<UInt8>
  /// Where reading goes on.
  private(set) var offset = 0

  /// Reads a line; a line feed at its end is not part of it.
  @_lifetime(copy line)
  init(_ line: Span<UInt8>) {
    let hasLineFeed = line.count > 0 && line[line.count - 1] == 10
    self.line = line.extracting(0..<(hasLineFeed ? line.count - 1 : line.count))
  }

  /// The number of bytes that are left.
  var remaining: Int { line.count - offset }

  /// The next word without the blanks before it; empty at the end.
  @_lifetime(self: copy self)
  mutating func word() -> [UInt8] {
    while offset < line.count, Self.isBlank(line[offset]) { offset += 1 }
    let start = offset
    while offset < line.count, !Self.isBlank(line[offset]) { offset += 1 }
    return line.extracting(start..<offset).array
  }

  /// The next bytes as they stand; nil when fewer are left.
  @_lifetime(self: copy self)
  mutating func bytes(_ count: Int) -> [UInt8]? {
    guard count <= remaining else { return nil }
    defer { offset += count }
    return line.extracting(offset..<offset + count).array
  }

  /// Whether a byte separates words.
  static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 }
}
