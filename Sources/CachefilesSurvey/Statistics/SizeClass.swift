// SPDX-License-Identifier: Apache-2.0

/// Classes of lengths: nothing, up to 4 KiB, up to 16 KiB and so on by fours, more than 16 GiB.
package enum SizeClass {
  /// The greatest length of each class in bytes; the last class has none.
  package static let limits: [UInt64] = [0] + (0..<12).map { 4096 << (2 * $0) }
  /// The number of classes.
  package static let count = 14

  /// The class of a length in bytes.
  @inline(__always)
  package static func index(of size: UInt64) -> Int {
    guard size > 0 else { return 0 }
    let pages = (size - 1) >> 12
    return min(count - 1, 1 + (UInt64.bitWidth - pages.leadingZeroBitCount + 1) / 2)
  }
}
