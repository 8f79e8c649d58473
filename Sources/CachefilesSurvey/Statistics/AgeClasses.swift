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

  /// The earliest last use of each class but the last.
  private let earliest: [Timestamp]

  /// The classes at a moment.
  package init(now: Timestamp) { earliest = Self.limits.map { now - .seconds($0) } }

  /// The class of what was used at a time.
  @inline(__always)
  package func index(of time: Timestamp) -> Int {
    if time > earliest[0] { return 0 }
    var index = 1
    while index < earliest.count, time < earliest[index] { index += 1 }
    return index
  }
}
