// SPDX-License-Identifier: Apache-2.0

/// Text that the kernel writes in lines.
enum KernelText {
  /// Calls a closure for each line, without its line feed.
  static func forEachLine(of text: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
    var start = 0
    while start < text.count {
      var end = start
      while end < text.count, text[end] != 10 { end += 1 }
      body(text.extracting(start..<end))
      start = end + 1
    }
  }

  /// The parts of a line between single separators, empty ones included.
  static func split(_ line: Span<UInt8>, at separator: UInt8) -> [[UInt8]] {
    var parts: [[UInt8]] = []
    var start = 0
    for index in 0..<line.count where line[index] == separator {
      parts.append(line.extracting(start..<index).array)
      start = index + 1
    }
    parts.append(line.extracting(start..<line.count).array)
    return parts
  }
}
