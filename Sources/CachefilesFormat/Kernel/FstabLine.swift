// SPDX-License-Identifier: Apache-2.0

/// A line of `/etc/fstab`: what should be mounted, fstab(5).
public struct FstabLine: Equatable, Sendable {
  /// What is mounted.
  public var source: [UInt8]
  /// Where.
  public var mountPoint: [UInt8]
  /// The type of the file system.
  public var type: [UInt8]
  /// The options.
  public var options: [[UInt8]]

  /// Reads a line; nil for a comment, an empty line, or one with too few columns.
  public init?(parsing line: Span<UInt8>) {
    var reader = LineReader(line)
    let source = reader.word()
    guard let first = source.first, first != UInt8(ascii: "#") else { return nil }
    self.source = MountEntry.unescape(source)
    mountPoint = MountEntry.unescape(reader.word())
    type = MountEntry.unescape(reader.word())
    options = reader.word().split(separator: UInt8(ascii: ",")).map { Array($0) }
    while mountPoint.count > 1, mountPoint.last == UInt8(ascii: "/") { mountPoint.removeLast() }
    if mountPoint.isEmpty || type.isEmpty { return nil }
  }

  /// The lines of a whole file.
  public static func lines(of text: Span<UInt8>) -> [FstabLine] {
    var lines: [FstabLine] = []
    KernelText.forEachLine(of: text) { if let line = FstabLine(parsing: $0) { lines.append(line) } }
    return lines
  }

  /// Whether it asks for caching: `fsc`, `fsc=…`, for 9P `cache=fscache`.
  public var asksForCache: Bool {
    options.contains {
      $0 == Array("fsc".utf8) || $0.starts(with: Array("fsc=".utf8)) || $0 == Array("cache=fscache".utf8)
    }
  }
}
