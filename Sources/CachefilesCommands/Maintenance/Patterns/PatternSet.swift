// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep

/// Patterns over objects: each matches the path below the root, the volume key with `/` and the object's name behind it, or the
/// volume's description. Texts without wildcards are looked up, globs are asked together.
final class PatternSet: ObjectRule {
  private let literals: LiteralTable
  private let globs: [Glob]
  /// The numbers of the patterns that are globs.
  private let globNumbers: [UInt32]
  private let hasMatched: AtomicFlags

  /// Takes patterns, which may have escapes.
  convenience init(_ patterns: [[UInt8]]) {
    var lines = ByteLines()
    for pattern in patterns { lines.append(pattern) }
    self.init(lines)
  }

  /// Takes patterns, which may have escapes; there may be a million.
  init(_ patterns: ByteLines) {
    var texts = patterns
    var globs: [Glob] = []
    var (ofTexts, ofGlobs): ([UInt32], [UInt32]) = ([], [])
    ofTexts.reserveCapacity(patterns.count)
    for number in 0..<patterns.count {
      if Self.isSpecial(patterns, number) {
        let glob = Glob(Array(patterns[number]))
        guard let text = glob.literal else {
          globs.append(glob)
          ofGlobs.append(UInt32(number))
          continue
        }
        texts.replace(number, by: text)
      }
      ofTexts.append(UInt32(number))
    }
    literals = LiteralTable(texts, ofTexts)
    self.globs = globs
    globNumbers = ofGlobs
    hasMatched = AtomicFlags(count: patterns.count)
  }

  /// Whether a pattern has a byte that stands for something else.
  private static func isSpecial(_ patterns: borrowing ByteLines, _ number: Int) -> Bool {
    let bytes = patterns.bytes.span
    for index in patterns.places[number].range {
      let byte = bytes[index]
      if byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "\\") { return true }
    }
    return false
  }

  /// The numbers of the patterns that have matched nothing so far.
  var unmatched: [Int] { (0..<hasMatched.count).filter { !hasMatched.isSet($0) } }

  func makeMatcher() -> any ObjectMatcher { makePatternMatcher() }

  func matches(path: [UInt8]) -> Bool { makePatternMatcher().matches(path: path) }

  private func makePatternMatcher() -> PatternMatcher {
    let (flags, numbers) = (hasMatched, globNumbers)
    return PatternMatcher(literals, GlobAutomaton(globs) { flags.set(Int(numbers[$0])) }, flags)
  }
}
