import CachefilesFormat
import CachefilesStore
import LinuxIO
import Synchronization
import SystemPackage

/// The patterns of a file that says what is to stay.
final class ProtectedPatterns: Sendable {
  /// A pattern and where it stands.
  private final class Pattern: Sendable {
    let line: Int
    let text: [UInt8]
    let glob: Glob
    let hasMatched = Atomic<Bool>(false)

    init(_ text: [UInt8], line: Int) {
      self.line = line
      self.text = text
      glob = Glob(text)
    }
  }

  /// The most bytes that a file of patterns can have.
  private static let sizeLimit = 16 << 20

  private let path: FilePath
  private let patterns: [Pattern]

  /// Reads a file: a pattern a line, blank lines and lines that start with `#` left out. A line may end with CR LF.
  init(_ path: FilePath) throws(Failure) {
    let bytes: [UInt8]
    do throws(Errno) { bytes = try UserFile.read(path, limit: Self.sizeLimit) } catch {
      throw Failure("\(EscapedBytes.string(path.bytes)): cannot read the patterns: \(error)")
    }
    self.path = path
    var patterns: [Pattern] = []
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if text.first == UInt8(ascii: "#") || text.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
      patterns.append(Pattern(Array(text), line: index + 1))
    }
    self.patterns = patterns
  }

  /// Whether something is to stay, by its path below the root: an object, `cache/I<volume key>/@xx/<name>`, or a
  /// directory above objects.
  func match(path: [UInt8]) -> Bool {
    let components = path.split(separator: UInt8(ascii: "/"), maxSplits: 3, omittingEmptySubsequences: false)
    guard components.count > 1, let last = components.last else { return match([path], nil) }
    let key = Array(components[1].dropFirst())
    let named = components.count > 2 ? key + [UInt8(ascii: "/")] + last : key
    return match([path, named], VolumeDescription(key))
  }

  private func match(_ names: [[UInt8]], _ volume: VolumeDescription?) -> Bool {
    var isProtected = false
    for pattern in patterns {
      let isKnown = pattern.hasMatched.load(ordering: .relaxed)
      // Where it is to stay already, the others are only asked whether they match anything at all.
      if isProtected, isKnown { continue }
      guard names.contains(where: pattern.glob.matches) || volume?.matches(pattern.glob) == true else { continue }
      isProtected = true
      if !isKnown { pattern.hasMatched.store(true, ordering: .relaxed) }
    }
    return isProtected
  }

  /// A line for each pattern that has matched nothing so far.
  var warnings: [String] {
    patterns.filter { !$0.hasMatched.load(ordering: .relaxed) }.map {
      "\(EscapedBytes.string(path.bytes)): line \($0.line): \(EscapedBytes.quoted($0.text)) protects nothing here"
    }
  }
}
