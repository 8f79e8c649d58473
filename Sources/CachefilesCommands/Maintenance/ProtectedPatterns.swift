import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep
import LinuxIO
import SystemPackage

/// The patterns of a file that says what is to stay.
struct ProtectedPatterns: Sendable {
  /// The most bytes that a file of patterns can have.
  private static let sizeLimit = 256 << 20

  private let path: FilePath
  /// The patterns, and the numbers of their lines.
  private let patterns: [[UInt8]]
  private let lines: [Int]
  /// What is to stay.
  let rule: PatternSet

  /// Reads a file: a pattern a line, blank lines and lines that start with `#` left out. A line may end with CR LF.
  init(_ path: FilePath) throws(Failure) {
    let bytes: [UInt8]
    do throws(Errno) { bytes = try UserFile.read(path, limit: Self.sizeLimit) } catch {
      throw Failure("\(EscapedBytes.string(path.bytes)): cannot read the patterns: \(error)")
    }
    self.path = path
    var (patterns, lines): ([[UInt8]], [Int]) = ([], [])
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if text.first == UInt8(ascii: "#") || text.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
      patterns.append(Array(text))
      lines.append(index + 1)
    }
    (self.patterns, self.lines) = (patterns, lines)
    rule = PatternSet(patterns)
  }

  /// Whether the file names nothing.
  var isEmpty: Bool { patterns.isEmpty }

  /// A line for each pattern that has matched nothing so far.
  var warnings: [String] {
    rule.unmatched.map {
      "\(EscapedBytes.string(path.bytes)): line \(lines[$0]): \(EscapedBytes.quoted(patterns[$0])) protects nothing here"
    }
  }
}
