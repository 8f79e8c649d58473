// SPDX-License-Identifier: Apache-2.0
package import CachefilesStore
import LinuxIO
import Synchronization

/// Whether the pins that some work began with are still those that hold: what is pinned while it goes on stays too.
package final class PinWatch: Sendable {
  /// The file is looked at no more often than this, in milliseconds.
  private static let interval = 250

  private let isSame: @Sendable () -> Bool
  private let watch = Stopwatch()
  private let next = Atomic<Int>(interval)
  private let outdated = Atomic<Bool>(false)

  /// Watches pins.
  ///
  /// - Parameter isSame: whether those of the work hold now; false also where they cannot be read.
  package init(_ isSame: @escaping @Sendable () -> Bool) { self.isSame = isSame }

  /// Whether there are others now, or they cannot be read. It stays so.
  package var isOutdated: Bool {
    if outdated.load(ordering: .relaxed) { return true }
    let (now, due) = (watch.milliseconds, next.load(ordering: .relaxed))
    guard now >= due,
      next.compareExchange(expected: due, desired: now + Self.interval, ordering: .relaxed).exchanged
    else { return false }
    return look()
  }

  /// The same, looked at now.
  package func look() -> Bool {
    if !isSame() { outdated.store(true, ordering: .relaxed) }
    return outdated.load(ordering: .relaxed)
  }
}

extension Refusal {
  /// The pins are not those that were to be honoured (``PinWatch``).
  package static let otherPins = Refusal.unmet("other objects are pinned now than when it began: run it again")
}
