// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import TestSupport
import Testing

/// Moments and the time between them, to the ends of what `statx(2)` can tell.
@Suite("Moments")
struct TimestampTests {
  static let moments: [Timestamp] = [
    .distantPast, Timestamp(seconds: .min, nanoseconds: 999_999_999), Timestamp(nanosecondsSince1970: .min),
    -1_000_000_001, -1_000_000_000, -1, 0, 1, 999_999_999, 1_000_000_000, 1_795_000_000_123_456_789,
    Timestamp(nanosecondsSince1970: .max), Timestamp(seconds: 1 << 34), Timestamp(seconds: .max), .distantFuture,
  ]

  @Test("the time from one moment to another leads back to it, and has the sign of their order")
  func differences() {
    for first in Self.moments {
      for second in Self.moments {
        let span = second - first
        #expect((span < .zero) == (second < first) && (span == .zero) == (second == first))
        #expect(first + span == second && second - span == first)
        #expect((span.clampedSeconds < 0) == (span <= .seconds(-1)))
      }
    }
  }

  @Test("a moment beyond the last that can be told is the last one")
  func limits() {
    #expect(Timestamp.distantFuture + .nanoseconds(1) == .distantFuture)
    #expect(Timestamp.distantPast - .nanoseconds(1) == .distantPast)
    #expect(Timestamp(seconds: -5) - .nanoseconds(1) == Timestamp(seconds: -6, nanoseconds: 999_999_999))
    #expect((Timestamp.distantFuture - .distantPast).clampedSeconds == .max)
    #expect((Timestamp.distantPast - .distantFuture).clampedNanoseconds == .min)
    #expect(Duration.nanoseconds(-1_500_000_000).clampedSeconds == -1)
    #expect(Timestamp(seconds: 129_600).days(since: 0) == 1.5)
  }
}
