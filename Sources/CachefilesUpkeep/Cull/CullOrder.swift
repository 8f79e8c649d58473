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
    case .lastUse: return accessTime.clampedNanoseconds
    case .size: return -Int64(clamping: bytes)
    case .cost(let now):
      let seconds = max(1, (now - accessTime).clampedSeconds)
      let (product, overflow) = Int64(clamping: bytes).multipliedReportingOverflow(by: seconds)
      return overflow ? -.max : -product
    }
  }
}
