// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A second of the calendar, in UTC.
public struct CalendarDate: Equatable, Sendable {
  /// The parts: the month and the day from 1.
  public let year, month, day, hour, minute, second: Int

  /// Tells a moment that is given in seconds since 1970; nil where the year does not fit `struct tm`. The corresponding C
  /// function is `gmtime_r`.
  public init?(secondsSince1970 seconds: Int64) {
    var moment = time_t(seconds)
    var parts = tm()
    guard gmtime_r(&moment, &parts) != nil else { return nil }
    year = Int(parts.tm_year) + 1900
    (month, day) = (Int(parts.tm_mon) + 1, Int(parts.tm_mday))
    (hour, minute, second) = (Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec))
  }
}
