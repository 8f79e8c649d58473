// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// A run of bytes of which none is what the server has.
package struct WrongRange: Sendable, Equatable {
  /// Where it begins in the file.
  package var offset: UInt64
  /// How many bytes.
  package var length: UInt64
  /// The first bytes that the cache has, and those that the server has: at most ``shownBytes``.
  package var cache: [UInt8]
  package var server: [UInt8]

  /// So many bytes of each side are kept.
  package static let shownBytes = 16
  /// So many ranges of a file are kept; the others are counted.
  package static let mostRanges = 1000
}
