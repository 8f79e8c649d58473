// SPDX-License-Identifier: Apache-2.0
package import LinuxIO

/// Classes of ages: in the future, up to an hour, and so on to more than a year.
package struct AgeClasses: Sendable, Equatable {
  /// The greatest age of each class in seconds; the first class is the future, the last has no limit.
  package static let limits: [Int64] = [
    0, 3600, 6 * 3600, 86400, 3 * 86400, 7 * 86400, 30 * 86400, 90 * 86400, 180 * 86400, 365 * 86400,
  ]
  /// The number of classes.
  package static let count = 11

  /// In nanoseconds since 1970: an age is looked at for each object.
  private let now: Int64

  /// The classes at a moment.
  package init(now: Timestamp) { self.now = now.clampedNanoseconds }

  /// The class of what was used at a time.
  @inline(__always)
  package func index(of time: Timestamp) -> Int {
    let time = time.clampedNanoseconds
    let (age, overflow) = now.subtractingReportingOverflow(time)
    if overflow { return time < 0 ? Self.count - 1 : 0 }
    if age < 0 { return 0 }
    var index = 1
    while index < Self.limits.count, age > Self.limits[index] * 1_000_000_000 { index += 1 }
    return index
  }
}
