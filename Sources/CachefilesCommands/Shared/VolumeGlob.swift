// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// A pattern over volumes. Without a wildcard it is the volume key, or a part of the description between two words. What
/// begins as the name of a kernel's volume directory does, `Infs,…`, stands for the key too.
struct VolumeGlob: Sendable {
  private let glob: Glob
  /// The same without the `I` of the directory's name; nil where no network file system follows it.
  private let named: Glob?

  init(_ pattern: [UInt8]) {
    glob = Glob(pattern)
    let key = pattern.dropFirst()
    named =
      pattern.first == VolumeName.prefix && NetfsType.allCases.contains { key.starts(with: $0.rawValue.utf8) }
      ? Glob(Array(key)) : nil
  }

  /// Whether a volume key, or its description, matches.
  func matches(_ key: [UInt8]) -> Bool {
    if glob.matches(key) || named?.matches(key) == true || VolumeDescription(key).matches(glob) { return true }
    guard let text = glob.literal, !text.isEmpty else { return false }
    return VolumeDescription(key).contains(words: text)
  }
}
