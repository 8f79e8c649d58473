// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// A moment as file systems keep it: seconds since 1970 and nanoseconds after them. It holds every time that `statx(2)` can
/// tell, also those after 2262, which do not fit nanoseconds in 64 bits.
public struct Timestamp: Sendable, Hashable, Comparable {
  /// Seconds since 1970.
  public var seconds: Int64
  /// Nanoseconds after the second, below 1,000,000,000.
  public var nanoseconds: UInt32

  /// Makes a moment of seconds since 1970 and nanoseconds after them.
  @inline(__always)
  public init(seconds: Int64, nanoseconds: UInt32 = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  /// Makes a moment of nanoseconds since 1970.
  public init(nanosecondsSince1970 time: Int64) {
    var (whole, rest) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
    if rest < 0 {
      whole -= 1
      rest += 1_000_000_000
    }
    self.init(seconds: whole, nanoseconds: UInt32(truncatingIfNeeded: rest))
  }

  /// The time of day, `clock_gettime(CLOCK_REALTIME)`.
  public static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: UInt32(truncatingIfNeeded: time.tv_nsec))
  }

  /// Before, or the same as, every other moment.
  public static let distantPast = Timestamp(seconds: .min)
  /// After, or the same as, every other moment.
  public static let distantFuture = Timestamp(seconds: .max, nanoseconds: 999_999_999)

  /// Nanoseconds since 1970; times before 1677 and after 2262 are held at the limits.
  @inline(__always)
  public var clampedNanoseconds: Int64 {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds < 0 ? .min : .max }
    let (sum, carry) = product.addingReportingOverflow(Int64(nanoseconds))
    return carry ? .max : sum
  }

  /// The beginning of its second.
  public var wholeSecond: Timestamp { Timestamp(seconds: seconds) }

  /// The same as nanoseconds since 1970; nil where these do not fit 64 bits.
  public var exactNanoseconds: Int64? {
    let time = clampedNanoseconds
    return Timestamp(nanosecondsSince1970: time) == self ? time : nil
  }

  /// Whether one comes before the other.
  @inline(__always)
  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.seconds != right.seconds ? left.seconds < right.seconds : left.nanoseconds < right.nanoseconds
  }

  /// The time from one moment to another; negative when the second one comes first.
  public static func - (left: Timestamp, right: Timestamp) -> Duration {
    // A duration has 128 bits: it holds the difference of any two moments.
    .seconds(left.seconds) - .seconds(right.seconds)
      + .nanoseconds(Int64(left.nanoseconds) - Int64(right.nanoseconds))
  }

  /// The moment so long before this one, held at the limits of what can be told.
  public static func - (moment: Timestamp, span: Duration) -> Timestamp {
    let time =
      Int128(moment.seconds) * 1_000_000_000 + Int128(moment.nanoseconds) - span.attoseconds / 1_000_000_000
    var (seconds, rest) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
    if rest < 0 {
      seconds -= 1
      rest += 1_000_000_000
    }
    guard let seconds = Int64(exactly: seconds) else { return time < 0 ? distantPast : distantFuture }
    return Timestamp(seconds: seconds, nanoseconds: UInt32(rest))
  }

  /// The moment so long after this one, held at the limits of what can be told.
  public static func + (moment: Timestamp, span: Duration) -> Timestamp { moment - (.zero - span) }

  /// Days from another moment to this one; negative when this one comes first.
  public func days(since other: Timestamp) -> Double {
    (self - other).inSeconds / 86400
  }
}
