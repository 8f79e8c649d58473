// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import LinuxIO

/// What must not come to lie in the graveyard, and where it stands.
///
/// cachefilesd removes everything in the graveyard when it starts: it would go into what is mounted there, and it ends at what
/// it cannot remove, and the cache with it. What no sweep can remove is therefore not buried. Paths are below the root.
package enum BurialObstacle: Sendable, Equatable, CustomStringConvertible {
  /// Something is mounted there, or it is on another file system.
  case mount([UInt8])
  /// It cannot be removed, because it is `immutable` or `append-only`.
  case flag([UInt8], String)
  /// It holds writes that the server never got.
  case dirty([UInt8])
  /// Its attribute cannot be read, so that it may be dirty.
  case mayBeDirty([UInt8])
  /// There are more entries in it than are looked through.
  case size(Int)

  /// The one rule: what the status of an entry says against its burial. Dirtiness is judged apart, since it can be consented
  /// to.
  @inline(__always)
  package static func of(_ status: FileStatus, device: UInt64, path: @autoclosure () -> [UInt8]) -> BurialObstacle? {
    if status.isMountPoint || status.device != device { return .mount(path()) }
    if let word = status.protectingFlag { return .flag(path(), word) }
    return nil
  }

  /// What the dirtiness of a regular file says against it.
  static func of(_ dirtiness: Dirtiness, path: @autoclosure () -> [UInt8]) -> BurialObstacle? {
    switch dirtiness {
    case .clean: nil
    case .dirty: .dirty(path())
    case .cannotTell: .mayBeDirty(path())
    }
  }

  /// What it is, in a few words.
  package var description: String {
    switch self {
    case .mount(let path): "something is mounted on \(EscapedBytes.string(path))"
    case .flag(let path, let word): "\(EscapedBytes.string(path)) is \(word)"
    case .dirty(let path): "\(EscapedBytes.string(path)) is dirty, which needs --include-dirty"
    case .mayBeDirty(let path):
      "the attribute of \(EscapedBytes.string(path)) cannot be read, so it may be dirty, which needs --include-dirty"
    case .size(let limit): "it has more than \(limit) entries"
    }
  }
}
