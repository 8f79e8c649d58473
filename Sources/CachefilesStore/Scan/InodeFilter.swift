// SPDX-License-Identifier: Apache-2.0

/// Says for inode numbers whether they are among some that were put in. A few others pass too, about one in thirty, but
/// never is one of them missing: what passes must be looked at, what does not need not be.
package struct InodeFilter: Sendable {
  private var bits: [UInt64]
  private let mask: UInt64

  /// Makes one without numbers, with room for so many: four bytes each, 32 bits.
  package init(capacity: Int) {
    let words = UInt64(max(1, capacity / 2)).roundedUpToPowerOfTwo
    bits = Array(repeating: 0, count: Int(words))
    mask = words &* 64 &- 1
  }

  /// A number of 32 bits that stands for an inode number.
  @inline(__always)
  package static func mark(of inode: UInt64) -> UInt32 {
    // Neighbours are common, so all bits are mixed: two rounds of the finalizer of SplitMix64.
    var bits = (inode ^ (inode >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return UInt32(truncatingIfNeeded: bits >> 32)
  }

  /// Puts in the number that has a mark.
  @inline(__always)
  package mutating func insert(mark: UInt32) {
    let bit = UInt64(mark) & mask
    bits[Int(bit >> 6)] |= 1 << (bit & 63)
  }

  /// Whether a number may be among them.
  @inline(__always)
  func mayContain(_ inode: UInt64) -> Bool {
    let bit = UInt64(Self.mark(of: inode)) & mask
    return bits[Int(bit >> 6)] & (1 << (bit & 63)) != 0
  }
}

extension UInt64 {
  /// The least power of two that is not less; the number is at least 1.
  fileprivate var roundedUpToPowerOfTwo: UInt64 { self <= 1 ? 1 : 1 << UInt64(64 - (self - 1).leadingZeroBitCount) }
}
