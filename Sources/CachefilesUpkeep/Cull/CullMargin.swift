// SPDX-License-Identifier: Apache-2.0

/// How much further than its goal a cull goes where something has to go, so that the next one is not needed at once.
package enum CullMargin: Sendable, Equatable {
  /// So many bytes.
  case bytes(UInt64)
  /// A share of what the goal is about: of the file system where space is to be available, of the size where the objects may have one. A
  /// share of a disk would empty a cache that is small beside it.
  case share(Double)

  /// What it comes to, in bytes, where the goal is about so many.
  package func bytes(of whole: UInt64) -> UInt64 {
    switch self {
    case .bytes(let bytes): bytes
    case .share(let share): UInt64(Double(whole) * min(1, max(0, share)))
    }
  }
}
