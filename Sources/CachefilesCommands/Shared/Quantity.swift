// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO

/// Sizes, counts and times as people read them.
enum Quantity {
  /// Bytes with a unit: `1.5 MiB`, `0 B`.
  static func size(_ bytes: UInt64) -> String { ByteQuantity.words(bytes) }

  /// A power of two in bytes without a fraction: `4 KiB`.
  static func round(_ bytes: UInt64) -> String {
    let text = size(bytes)
    return text.contains(".0 ") ? text.split(separator: ".0").joined() : text
  }

  /// A number with blanks between groups of three digits: `1 234 567`.
  static func count(_ value: Int) -> String {
    var digits = Array(String(value.magnitude))
    var position = digits.count - 3
    while position > 0 {
      digits.insert(" ", at: position)
      position -= 3
    }
    return (value < 0 ? "-" : "") + String(digits)
  }

  /// A number of things: `1 object`, `2 objects`.
  static func count(_ value: Int, _ thing: String) -> String { "\(count(value)) \(thing)\(value == 1 ? "" : "s")" }

  /// A share of one as a percentage.
  static func percent(_ share: Double) -> String {
    if share > 0, share < 0.001 { return "<0.1 %" }
    // What is not all of it is not called all of it.
    if share >= 0.9995, share < 1 { return "99.9 %" }
    return "\(fixed(share * 100, share < 0.9995 && share > 0 ? 1 : 0)) %"
  }

  /// A number with so many digits after the point.
  static func fixed(_ value: Double, _ digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int64(rounding: value * scale)
    guard digits > 0 else { return String(scaled) }
    let rest = String(scaled.magnitude % UInt64(scale))
    let zeros = String(repeating: "0", count: digits - rest.utf8.count)
    return "\(scaled < 0 ? "-" : "")\(scaled.magnitude / UInt64(scale)).\(zeros)\(rest)"
  }

  /// A moment in UTC: `2026-11-21 01:20:34.079999000 UTC`, without the fraction when it is zero.
  static func time(_ time: Timestamp) -> String {
    guard let date = CalendarDate(secondsSince1970: time.seconds), (0..<10_000).contains(date.year) else {
      return "\(time.seconds) s since 1970"
    }
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let year = String(date.year)
    let day = String(repeating: "0", count: 4 - year.count) + year + "-\(two(date.month))-\(two(date.day))"
    var fraction = ""
    if time.nanoseconds > 0 {
      let digits = String(time.nanoseconds)
      fraction = "." + String(repeating: "0", count: max(0, 9 - digits.count)) + digits
      while fraction.hasSuffix("0") { fraction.removeLast() }
    }
    return "\(day) \(two(date.hour)):\(two(date.minute)):\(two(date.second))\(fraction) UTC"
  }

  /// A span of time: `0.02 s`, `12 s`, `3 min`, `2 h`.
  static func span(_ span: Duration) -> String {
    let seconds = max(0, span / .seconds(1))
    switch seconds {
    case ..<9.995: return "\(fixed(seconds, 2)) s"
    case ..<119.5: return "\(fixed(seconds, 0)) s"
    case ..<7170: return "\(fixed(seconds / 60, 0)) min"
    default: return "\(fixed(seconds / 3600, 1)) h"
    }
  }

  /// How long ago a moment was, as a phrase: `3 d ago`, `in the future`.
  static func ago(_ moment: Timestamp, now: Timestamp) -> String {
    let age = age(moment, now: now)
    return age.first?.isNumber == true ? "\(age) ago" : age
  }

  /// How long ago a moment was: `3 d`, `2 h`; `in the future` after now.
  static func age(_ moment: Timestamp, now: Timestamp) -> String {
    let seconds = (now - moment).clampedSeconds
    switch seconds {
    case ..<(-1): return "in the future"
    case ..<60: return "\(max(0, seconds)) s"
    case ..<3600: return "\(seconds / 60) min"
    case ..<86400: return "\(seconds / 3600) h"
    case ..<(86400 * 730): return "\(seconds / 86400) d"
    default: return "\(seconds / (86400 * 365)) y"
    }
  }
}
