// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat

/// What is asked of a volume for each of its objects: numbers, which threads can copy without counting references.
package struct VolumeTraits: Sendable {
  /// The volume's number within the scan, from 0.
  package let index: Int
  /// The netfs that its key tells.
  package let type: NetfsType
  /// The type whose lengths of keys and records hold in it: unknown where the key is none that its netfs is known to make.
  package let rules: NetfsType
  /// The hash that salts the hashes of its objects.
  package let hash: KeyHash

  package init(index: Int, key: Span<UInt8>) {
    self.index = index
    type = NetfsType(volumeKey: key)
    rules = NetfsType(rulesOf: key)
    hash = KeyHash(volumeKey: key)
  }
}
