// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat

/// What keeps a kernel from an object that stands in a fanout directory.
package enum PlacementFailure: Equatable, Sendable {
  /// The name stands for no key.
  case noKey(NameFailure)
  /// The name stands for a key, but no kernel makes this name.
  case notMade(NameDefect)
  /// A kernel looks for it in another fanout directory.
  case elsewhere(belongs: Fanout)
}
