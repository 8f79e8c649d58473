// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// Holds work to a share of one processor, and of the time: now and then the thread sleeps for as long as its work so far calls for.
///
/// Work that waits for a disk takes little of a processor, and keeps others waiting for that disk all the same.
public struct ProcessorShare: Sendable {
  /// The share of a processor: 0.1 is a tenth.
  private let share: Double
  /// The part of the time, asked at each rest; 1 is all of it.
  private let timeShare: @Sendable () -> Double
  /// Asked while it sleeps: true ends the sleep, and lets the work go on at full speed.
  private let isHurried: @Sendable () -> Bool
  private var counted: Int64?
  private var since = ContinuousClock.now

  /// Makes a share for one thread.
  public init(
    _ share: Double, ofTime timeShare: @escaping @Sendable () -> Double = { 1 },
    isHurried: @escaping @Sendable () -> Bool = { false }
  ) {
    self.share = min(1, max(0.001, share))
    self.timeShare = timeShare
    self.isHurried = isHurried
  }

  /// Sleeps for as long as the processor time and the time since the last call ask for. The corresponding C function is
  /// `clock_gettime` with `CLOCK_THREAD_CPUTIME_ID`.
  public mutating func rest() {
    let (now, moment) = (clinux_thread_time(), ContinuousClock.now)
    guard let before = counted else { return start(now, moment) }
    let used = Duration.nanoseconds(now - before)
    let passed = WorkingShare.counted(moment - since)
    // Less than a millisecond is left to add up.
    guard max(used, passed) >= .milliseconds(1) else { return }
    var slept = Duration.zero
    while !isHurried() {
      let left = max(WorkingShare.rest(after: used, share), WorkingShare.rest(after: passed, timeShare())) - slept
      guard left > .zero else { break }
      let pause = min(left, .milliseconds(50))
      Pause.microseconds(UInt32(clamping: pause.clampedNanoseconds / 1000 + 1))
      slept += pause
    }
    start(now, .now)
  }

  private mutating func start(_ counted: Int64, _ moment: ContinuousClock.Instant) {
    self.counted = counted
    since = moment
  }
}
