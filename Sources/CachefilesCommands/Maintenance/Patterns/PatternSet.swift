import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep

/// Patterns over objects: each matches the path below the root, the volume key with `/` and the object's name behind it, or the
/// volume's description. Texts without wildcards are looked up, globs are asked together.
final class PatternSet: ObjectRule {
  private let literals: LiteralTable
  private let globs: [Glob]
  /// The numbers of the patterns, literals first.
  private let order: [Int]
  private let hasMatched: AtomicFlags

  /// Bytes that stand for something else.
  private static let special = Array("*?\\".utf8)

  /// Takes patterns, which may have escapes.
  init(_ patterns: [[UInt8]]) {
    var (texts, globs): ([[UInt8]], [Glob]) = ([], [])
    var (ofTexts, ofGlobs): ([Int], [Int]) = ([], [])
    for (number, pattern) in patterns.enumerated() {
      if !pattern.contains(where: { Self.special.contains($0) }) {
        texts.append(pattern)
        ofTexts.append(number)
        continue
      }
      let glob = Glob(pattern)
      if let text = glob.literal {
        texts.append(text)
        ofTexts.append(number)
      } else {
        globs.append(glob)
        ofGlobs.append(number)
      }
    }
    literals = LiteralTable(texts)
    self.globs = globs
    order = ofTexts + ofGlobs
    hasMatched = AtomicFlags(count: patterns.count)
  }

  /// The numbers of the patterns that have matched nothing so far.
  var unmatched: [Int] { (0..<hasMatched.count).filter { !hasMatched.isSet($0) } }

  func makeMatcher() -> any ObjectMatcher { makePatternMatcher() }

  func matches(path: [UInt8]) -> Bool { makePatternMatcher().matches(path: path) }

  private func makePatternMatcher() -> PatternMatcher {
    let (flags, order, first) = (hasMatched, order, literals.count)
    return PatternMatcher(
      literals, GlobAutomaton(globs) { flags.set(order[first + $0]) }, onLiteral: { flags.set(order[$0]) })
  }
}
