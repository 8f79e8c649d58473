// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// A pattern over volumes. Without a wildcard it is the volume key, or a part of the description between two words.
struct VolumeGlob: Sendable {
  private let glob: Glob

  init(_ pattern: [UInt8]) { glob = Glob(pattern) }

  /// Whether a volume key, or its description, matches.
  func matches(_ key: [UInt8]) -> Bool {
    if glob.matches(key) || VolumeDescription(key).matches(glob) { return true }
    guard let text = glob.literal, !text.isEmpty else { return false }
    return VolumeDescription(key).contains(words: text)
  }
}
