// SPDX-License-Identifier: Apache-2.0

/// Why a repair is withheld.
package enum WithholdingReason: Sendable, Equatable, CustomStringConvertible {
  /// The object is dirty, and that was not consented to.
  case dirty
  /// Whether it is dirty cannot be told, which counts as dirty.
  case mayBeDirty
  /// So many objects in the volume are dirty, or may be.
  case dirtyObjects(Int)
  /// Not all of the volume could be looked at: there may be dirty objects in it, or another file system.
  case notAllSeen
  /// The file has so many names: to change it by one would change it under all.
  case otherNames(UInt32)
  /// The clock is behind the times that the file system has set itself.
  case clockBehind
  /// The kernel uses it.
  case inUse
  /// The cache is in use, and this repair needs one that is not.
  case needsOffline
  /// Something in what would be buried must not come to lie in the graveyard; in words.
  case obstacle(String)

  /// One word for programs, which never changes its meaning.
  package var word: String {
    switch self {
    case .dirty: "dirty"
    case .mayBeDirty: "may-be-dirty"
    case .dirtyObjects: "dirty-objects"
    case .notAllSeen: "not-all-seen"
    case .otherNames: "other-names"
    case .clockBehind: "clock-behind"
    case .inUse: "in-use"
    case .needsOffline: "needs-offline"
    case .obstacle: "obstacle"
    }
  }

  /// One line.
  package var description: String {
    switch self {
    case .dirty: "it is dirty: only -y --include-dirty repairs it"
    case .mayBeDirty: "it may be dirty: only -y --include-dirty repairs it"
    case .dirtyObjects(let count): "it stays without --include-dirty: dirty objects in it: \(count)"
    case .notAllSeen: "it stays: not all of it could be looked at"
    case .otherNames(let count): "it stays: the file has \(count) names, and would change under all of them"
    case .clockBehind: "it stays: the clock of this machine is behind the file system's own times"
    case .inUse: "it stays: the kernel uses it"
    case .needsOffline: "it stays: its repair needs a cache that is not in use"
    case .obstacle(let words): "it stays: \(words)"
    }
  }
}
