// SPDX-License-Identifier: Apache-2.0

/// The time since it was made, by a clock that nobody sets.
public struct Stopwatch: Sendable {
  private let start = ContinuousClock.now

  /// Begins now.
  public init() {}

  /// The time since then.
  public var elapsed: Duration { ContinuousClock.now - start }

  /// The same in whole milliseconds.
  public var milliseconds: Int { Int(elapsed.clampedNanoseconds / 1_000_000) }
}
