// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import Synchronization

/// At most so many bytes a second, over all threads: a server is shared.
package final class BytePace: Sendable {
  /// Bytes a second; nil without a limit.
  private let rate: UInt64?
  private let next = Guarded<ContinuousClock.Instant?>(nil)

  /// Makes a pace.
  package init(bytesPerSecond rate: UInt64?) { self.rate = rate.map { max(1, $0) } }

  /// Waits until this thread may read so many bytes more, or until that is cancelled. The time that they take comes first, so that no
  /// beginning is faster than the rest.
  ///
  /// - Parameter isCancelled: asked now and then while it waits.
  package func wait(for bytes: Int, unless isCancelled: () -> Bool) {
    guard let rate else { return }
    let span = Duration.seconds(Double(bytes) / Double(rate))
    let turn = next.withLock { next in
      let mine = max(next ?? .now, .now).advanced(by: span)
      next = mine
      return mine
    }
    while ContinuousClock.now < turn, !isCancelled() {
      let rest = (turn - .now).clampedNanoseconds / 1000
      Pause.microseconds(UInt32(clamping: min(max(0, rest), 50_000)))
    }
  }
}
