// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO

/// The sums of the entries of a stream that no entry with sums has followed yet: one such entry stands behind each directory and behind some
/// dozens of objects, so that a reader gives them their names only when they are known to be what was sent.
struct TransferSums {
  /// So many objects at most are followed by their sums.
  static let mostObjects = 32
  /// Objects with so many bytes of data are followed by theirs.
  static let mostBytes: UInt64 = 8 << 20

  private(set) var sums: [UInt32] = []
  private var bytes: UInt64 = 0

  /// Adds an object; whether its sums must follow now.
  mutating func add(_ digest: TransferDigest, bytes count: UInt64) -> Bool {
    sums.append(digest.sum.value)
    bytes = bytes.addingClamped(count)
    return sums.count >= Self.mostObjects || bytes >= Self.mostBytes
  }

  /// What the entry says, and from then on there are none.
  mutating func take() -> [UInt8] {
    defer { self = TransferSums() }
    return TransferMark.sumsText(sums)
  }
}
