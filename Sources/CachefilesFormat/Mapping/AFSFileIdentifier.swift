// SPDX-License-Identifier: Apache-2.0

/// What the attribute `afs.fid` tells: three hexadecimal numbers with colons between, `%llx:%llx:%x`; a vnode number of
/// more than 64 bits has its upper 32 bits before 16 more digits.
public struct AFSFileIdentifier: Equatable, Sendable {
  /// The volume's number in its cell.
  public var volumeID: UInt64
  /// The lower 64 bits of the vnode number.
  public var vnode: UInt64
  /// Bits 64 to 95 of the vnode number.
  public var vnodeHigh: UInt32
  /// The vnode's uniquifier.
  public var uniquifier: UInt32

  /// Reads the value of the attribute; nil for anything else.
  public init?(_ text: [UInt8]) {
    let parts = KernelText.split(text.span, at: UInt8(ascii: ":"))
    guard parts.count == 3, let volume = LineNumber.hexadecimal(parts[0], digits: 16), parts[1].count <= 24,
      let unique = LineNumber.hexadecimal(parts[2], digits: 8),
      let low = LineNumber.hexadecimal(Array(parts[1].suffix(16)), digits: 16)
    else { return nil }
    var upper: UInt64 = 0
    if parts[1].count > 16 {
      guard let high = LineNumber.hexadecimal(Array(parts[1].dropLast(16)), digits: 8) else { return nil }
      upper = high
    }
    volumeID = volume
    vnode = low
    vnodeHigh = UInt32(truncatingIfNeeded: upper)
    uniquifier = UInt32(truncatingIfNeeded: unique)
  }

  /// Four big-endian words: vnode, uniquifier, and the upper parts of the vnode. `afs_get_inode_cache` (fs/afs/inode.c).
  public var cookieKey: [UInt8] {
    var key: [UInt8] = []
    key.append(UInt32(truncatingIfNeeded: vnode), .big)
    key.append(uniquifier, .big)
    key.append(UInt32(truncatingIfNeeded: vnode >> 32), .big)
    key.append(vnodeHigh, .big)
    return key
  }
}
