// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// Holds work to a share of one processor: now and then the thread sleeps for as long as its work so far calls for.
public struct ProcessorShare: Sendable {
  /// The share: 0.1 is a tenth.
  private let share: Double
  /// Asked while it sleeps: true ends the sleep, and lets the work go on at full speed.
  private let isHurried: @Sendable () -> Bool
  private var counted: Int64?

  /// Makes a share for one thread.
  public init(_ share: Double, isHurried: @escaping @Sendable () -> Bool = { false }) {
    self.share = min(1, max(0.001, share))
    self.isHurried = isHurried
  }

  /// Sleeps for as long as the processor time since the last call asks for. The corresponding C function is `clock_gettime` with
  /// `CLOCK_THREAD_CPUTIME_ID`.
  public mutating func rest() {
    let now = clinux_thread_time()
    guard let before = counted else {
      counted = now
      return
    }
    let used = now - before
    // Less than a millisecond is left to add up.
    guard used >= 1_000_000 else { return }
    counted = now
    var left = Int64(Double(used) * (1 / share - 1)) / 1000
    while left > 0, !isHurried() {
      let pause = min(left, 50_000)
      usleep(UInt32(pause))
      left -= pause
    }
  }
}
