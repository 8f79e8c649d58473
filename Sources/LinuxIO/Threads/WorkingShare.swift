// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Work that rests between its steps, so that it takes no more than a part of the time, and leaves the disk and the processor to
/// others for the remainder. The clock on the wall counts: who waits for a disk keeps others waiting too. For one thread.
public final class WorkingShare: Sendable {
  /// The part of one that it may work now; asked at each rest.
  private let share: @Sendable () -> Double
  /// When the work began that is not rested for yet.
  private let since = Guarded<ContinuousClock.Instant?>(nil)

  /// - Parameter share: the part of one that it may work now: 1 is no rest at all.
  public init(_ share: @escaping @Sendable () -> Double) { self.share = share }

  /// Begins anew: what was done before is not rested for.
  public func begin() { since.withLock { $0 = .now } }

  /// Rests for as long as the work since the last rest asks for; what is less than a millisecond of work is left to add up.
  ///
  /// - Parameter isCancelled: ends the rest.
  public func rest(unless isCancelled: () -> Bool) {
    let now = ContinuousClock.now
    guard let before = since.withLock({ $0 }) else { return since.withLock { $0 = now } }
    let worked = Self.counted(now - before)
    guard worked >= .milliseconds(1) else { return }
    while !isCancelled() {
      let left = Self.rest(after: worked, share()) - (.now - now)
      guard left > .zero else { break }
      Pause.microseconds(UInt32(clamping: min(50_000, left.clampedNanoseconds / 1000 + 1)))
    }
    since.withLock { $0 = .now }
  }

  /// What counts of a step that took so long: of one that took longer than a second something else held it up, such as a disk that
  /// hung or a machine that slept.
  static func counted(_ passed: Duration) -> Duration { min(passed, .seconds(1)) }

  /// How long to rest after some work.
  static func rest(after worked: Duration, _ share: Double) -> Duration {
    worked * (1 / min(1, max(0.001, share)) - 1)
  }
}
