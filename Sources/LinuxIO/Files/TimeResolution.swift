// SPDX-License-Identifier: Apache-2.0
public import SystemPackage

/// Which times a file system can keep. Linux rounds a time down and holds it within the limits, without an error:
/// `timestamp_truncate` (fs/inode.c).
public struct TimeResolution: Sendable, Equatable {
  /// Times are multiples of so many nanoseconds.
  public var granularity: UInt64
  /// The first second that it keeps, since 1970.
  public var earliest: Int64
  /// The last second that it keeps, since 1970.
  public var latest: Int64

  /// Every time in nanoseconds.
  public static let exact = TimeResolution(granularity: 1, earliest: .min, latest: .max)

  /// Makes a resolution.
  public init(granularity: UInt64, earliest: Int64, latest: Int64) {
    self.granularity = granularity
    self.earliest = earliest
    self.latest = latest
  }

  /// Measures it with a file that may be changed: its times are set and read back.
  ///
  /// - Throws: `Errno`.
  public init(measuredWith file: borrowing OwnedDescriptor) throws(Errno) {
    let fine = Timestamp(seconds: 1_000_000_001, nanoseconds: 999_999_999)
    let early = Timestamp(seconds: -(1 << 40), nanoseconds: 0)
    let late = Timestamp(seconds: 1 << 40, nanoseconds: 0)
    try file.setTimes(access: fine, modification: fine)
    let kept = try file.status().modification
    try file.setTimes(access: early, modification: late)
    let limits = try file.status()
    let lost =
      UInt64(max(0, fine.seconds - kept.seconds)) * 1_000_000_000 + UInt64(fine.nanoseconds) - UInt64(kept.nanoseconds)
    self.init(
      granularity: max(1, lost + 1), earliest: limits.access.seconds == early.seconds ? .min : limits.access.seconds,
      latest: limits.modification.seconds == late.seconds ? .max : limits.modification.seconds)
  }

  /// What is kept of a time.
  public func kept(_ time: Timestamp) -> Timestamp {
    // A time at a limit loses what comes after the second: `timestamp_truncate` does the same.
    if time.seconds >= latest, latest != .max { return Timestamp(seconds: latest, nanoseconds: 0) }
    if time.seconds <= earliest, earliest != .min { return Timestamp(seconds: earliest, nanoseconds: 0) }
    if granularity <= 1 { return time }
    if granularity < 1_000_000_000 {
      return Timestamp(
        seconds: time.seconds, nanoseconds: time.nanoseconds - UInt32(UInt64(time.nanoseconds) % granularity))
    }
    return Timestamp(seconds: time.seconds, nanoseconds: 0)
  }
}
