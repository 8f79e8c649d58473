import CachefilesFormat

/// A pattern over volumes.
struct VolumeGlob: Sendable {
  private let glob: Glob

  init(_ pattern: [UInt8]) { glob = Glob(pattern) }

  /// Whether a volume key, or its description, matches.
  func matches(_ key: [UInt8]) -> Bool {
    glob.matches(key) || VolumeDescription(key).matches(glob)
  }
}
