// SPDX-License-Identifier: Apache-2.0
package import LinuxIO

/// What goes first.
package enum CullOrder: Sendable, Equatable {
  /// What went unused for longest.
  case lastUse
  /// What occupies most.
  case size
  /// What frees most for each re-fetch that is to be expected: allocated bytes times the time since the last use. A file that
  /// went unused for so long is taken to be wanted again at a rate of one in that time. The moment is now.
  case cost(now: Timestamp)

  /// The place of an object: the lowest goes first.
  @inline(__always)
  func rank(_ status: FileStatus) -> Int64 { rank(accessTime: status.access, bytes: status.allocatedBytes) }

  /// The same of what is known of it.
  @inline(__always)
  func rank(accessTime: Timestamp, bytes: UInt64) -> Int64 {
    switch self {
    case .lastUse: return Self.rank(ofUse: accessTime)
    case .size: return -Int64(clamping: bytes)
    case .cost(let now):
      let seconds = max(1, (now - accessTime).clampedSeconds)
      // In the blocks that inodes count: so 512 TiB that went unused for 100 days still have a place of their own.
      let (product, overflow) = Int64(clamping: bytes / 512).multipliedReportingOverflow(by: seconds)
      return overflow ? -.max : -product
    }
  }

  // MARK: Last uses as ranks

  /// The second that the lowest rank stands for, 1901-12-13 20:45:52. Nanoseconds from there fill 64 bits in 2486: so XFS counts
  /// (`XFS_BIGTIME_EPOCH_OFFSET`), and whatever ext4 can hold lies within.
  private static let firstSecond: Int64 = -(1 << 31)

  /// The place of a last use among ranks. Uses before 1901 and after 2486 are held at the limits.
  @inline(__always)
  static func rank(ofUse time: Timestamp) -> Int64 {
    guard time.seconds >= firstSecond else { return .min }
    let (product, overflow) = UInt64(bitPattern: time.seconds &- firstSecond).multipliedReportingOverflow(
      by: 1_000_000_000)
    let (sum, carry) = product.addingReportingOverflow(UInt64(time.nanoseconds))
    return overflow || carry ? .max : Int64(bitPattern: sum ^ 1 << 63)
  }

  /// The last use that a rank stands for.
  static func use(ofRank rank: Int64) -> Timestamp {
    let (seconds, nanoseconds) = (UInt64(bitPattern: rank) ^ 1 << 63).quotientAndRemainder(dividingBy: 1_000_000_000)
    return Timestamp(seconds: Int64(seconds) + firstSecond, nanoseconds: UInt32(nanoseconds))
  }
}
