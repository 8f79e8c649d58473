import CachefilesFormat

/// A pattern over volumes.
struct VolumeGlob: Sendable {
  private let pattern: [UInt8]

  init(_ pattern: [UInt8]) { self.pattern = pattern }

  /// Whether a volume key, or its description, matches.
  func matches(_ key: [UInt8]) -> Bool {
    if Glob.matches(pattern, key) { return true }
    let summary = NetfsVolume(volumeKey: key.span, byteOrder: .host).summary
    return Glob.matches(pattern, Array(summary.utf8))
  }
}

/// `*` and `?` over bytes; a backslash takes the next byte as it is.
enum Glob {
  static func matches(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
    var (p, t) = (0, 0)
    var star: (pattern: Int, text: Int)?
    while t < text.count {
      if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
        star = (p + 1, t)
        p += 1
        continue
      }
      if p < pattern.count {
        let literal = pattern[p] == UInt8(ascii: "\\") && p + 1 < pattern.count
        let wanted = literal ? pattern[p + 1] : pattern[p]
        if wanted == text[t] || (!literal && wanted == UInt8(ascii: "?")) {
          p += literal ? 2 : 1
          t += 1
          continue
        }
      }
      guard let last = star else { return false }
      star = (last.pattern, last.text + 1)
      (p, t) = (last.pattern, last.text + 1)
    }
    while p < pattern.count, pattern[p] == UInt8(ascii: "*") { p += 1 }
    return p == pattern.count
  }
}
