// SPDX-License-Identifier: Apache-2.0

/// The lines about single entries that were written within an hour, and no more of them than a person reads.
struct RecentLines: Sendable {
  /// What to do about a line.
  enum Verdict: Equatable {
    /// It is to be written.
    case isNew
    /// It was written, or there are too many.
    case isKnown
    /// It is the first that is one too many.
    case isTooMuch
  }

  /// So many lines in one hour.
  static let limit = 100
  private static let memory = Duration.seconds(3600)

  private var lines: Set<String> = []
  private var begin: ContinuousClock.Instant?
  private var hasComplained = false

  /// Takes note of a line.
  mutating func note(_ line: String, at now: ContinuousClock.Instant) -> Verdict {
    if begin.map({ now - $0 >= Self.memory }) ?? true {
      self = RecentLines()
      begin = now
    }
    guard lines.count < Self.limit || lines.contains(line) else {
      defer { hasComplained = true }
      return hasComplained ? .isKnown : .isTooMuch
    }
    return lines.insert(line).inserted ? .isNew : .isKnown
  }
}
