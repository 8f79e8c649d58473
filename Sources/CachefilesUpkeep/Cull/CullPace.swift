// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import Synchronization

/// At most so many removals a second, over all threads.
final class CullPace: Sendable {
  /// Between two removals; nil without a limit.
  private let interval: Duration?
  private let next = Guarded<ContinuousClock.Instant?>(nil)

  init(rate: Int?) { interval = rate.map { .nanoseconds(1_000_000_000 / Int64(max(1, $0))) } }

  /// Waits until this thread may remove one more, unless that is cancelled.
  func wait(unless isCancelled: () -> Bool) {
    guard let interval else { return }
    let turn = next.withLock { next in
      let mine = max(next ?? .now, .now)
      next = mine.advanced(by: interval)
      return mine
    }
    while ContinuousClock.now < turn, !isCancelled() {
      let rest = (turn - .now).components
      let microseconds = rest.seconds * 1_000_000 + rest.attoseconds / 1_000_000_000_000
      Pause.microseconds(UInt32(clamping: min(max(0, microseconds), 50_000)))
    }
  }
}
