/// A moment as file systems keep it: seconds since 1970 and nanoseconds after them. It holds every time that `statx(2)` can
/// tell, also those after 2262, which do not fit nanoseconds in 64 bits.
public struct Timestamp: Sendable, Hashable, Comparable {
  /// Seconds since 1970.
  public var seconds: Int64
  /// Nanoseconds after the second, below 1,000,000,000.
  public var nanoseconds: UInt32

  /// Makes a moment of seconds since 1970 and nanoseconds after them.
  @inline(__always)
  public init(seconds: Int64, nanoseconds: UInt32) {
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

  /// Nanoseconds since 1970; times before 1677 and after 2262 are held at the limits.
  @inline(__always)
  public var clampedNanoseconds: Int64 {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds < 0 ? .min : .max }
    let (sum, carry) = product.addingReportingOverflow(Int64(nanoseconds))
    return carry ? .max : sum
  }

  /// The same as nanoseconds since 1970; nil where these do not fit 64 bits.
  public var exactNanoseconds: Int64? {
    let time = clampedNanoseconds
    return Timestamp(nanosecondsSince1970: time) == self ? time : nil
  }

  /// Whether one comes before the other.
  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.seconds != right.seconds ? left.seconds < right.seconds : left.nanoseconds < right.nanoseconds
  }
}
