// SPDX-License-Identifier: Apache-2.0
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
  private let patterns: ByteLines
  private let lines: [UInt32]
  /// What is to stay.
  let rule: PatternSet

  /// Reads a file: a pattern a line, blank lines and lines that start with `#` left out. A line may end with CR LF.
  init(_ path: FilePath) throws(Failure) {
    let bytes: [UInt8]
    do throws(Errno) { bytes = try UserFile.read(path, limit: Self.sizeLimit) } catch {
      throw Failure("\(EscapedBytes.string(path.bytes)): cannot read the patterns: \(error)")
    }
    self.path = path
    (patterns, lines) = Self.lines(of: bytes)
    rule = PatternSet(patterns)
  }

  private static func lines(of bytes: consuming [UInt8]) -> (patterns: ByteLines, numbers: [UInt32]) {
    var patterns = ByteLines(bytes)
    var numbers: [UInt32] = []
    var (start, number): (Int, UInt32) = (0, 0)
    while start < patterns.bytes.count {
      let end = Self.end(of: start, in: patterns.bytes)
      number += 1
      if let last = Self.endOfPattern(start..<end, in: patterns.bytes) {
        patterns.append(ByteLines.Place(start: UInt32(start), end: UInt32(last)))
        numbers.append(number)
      }
      start = end + 1
    }
    return (patterns, numbers)
  }

  private static func end(of start: Int, in bytes: borrowing [UInt8]) -> Int {
    let bytes = bytes.span
    var end = start
    while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
    return end
  }

  /// Where the pattern of a line ends; nil where there is none.
  private static func endOfPattern(_ line: Range<Int>, in bytes: borrowing [UInt8]) -> Int? {
    let bytes = bytes.span
    var end = line.upperBound
    if end > line.lowerBound, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    guard end > line.lowerBound, bytes[line.lowerBound] != UInt8(ascii: "#") else { return nil }
    for index in line.lowerBound..<end where bytes[index] != 0x20 && bytes[index] != 0x09 { return end }
    return nil
  }

  /// Whether the file names nothing.
  var isEmpty: Bool { patterns.count == 0 }

  /// A line for each pattern that has matched nothing so far.
  var warnings: [String] {
    rule.unmatched.map {
      "\(EscapedBytes.string(path.bytes)): line \(lines[$0]): \(EscapedBytes.excerpt(Array(patterns[$0]))) protects nothing here"
    }
  }
}
