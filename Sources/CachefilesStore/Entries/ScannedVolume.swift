// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat

/// A volume that a scan came across.
package final class ScannedVolume: Sendable {
  /// The volume key.
  package let key: [UInt8]
  /// What is asked for each of its objects.
  package let traits: VolumeTraits

  /// Its number within the scan, from 0.
  package var index: Int { traits.index }
  /// The netfs that the key tells.
  package var type: NetfsType { traits.type }
  /// The type whose lengths of keys and records hold in it.
  package var rules: NetfsType { traits.rules }
  /// The hash that salts the hashes of its objects.
  package var hash: KeyHash { traits.hash }

  package init(index: Int, key: [UInt8]) {
    self.key = key
    traits = VolumeTraits(index: index, key: key.span)
  }
}
