// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import Synchronization
import SystemPackage

/// Asks now and then, during a sweep, whether a cachefilesd has come up that empties the graveyard itself.
package final class GraveyardWatch: Sendable {
  /// The cache, for the sweep itself too: a watch needs no descriptors of its own.
  package let store: Store
  private let sources: LivenessSources
  private let watch = Stopwatch()
  /// When the next question is due, in milliseconds of ``watch``.
  private let next = Atomic<Int>(0)
  private let found = Guarded<GraveyardDaemon>(.none)
  /// Milliseconds between two questions.
  private static let interval = 1000

  /// Watches over a cache.
  package init(_ store: consuming Store, _ sources: LivenessSources = LivenessSources()) {
    self.store = store
    self.sources = sources
  }

  /// What was found last.
  package var daemon: GraveyardDaemon { found.withLock { $0 } }

  /// Whether there may be one, asked anew at most once a second.
  package func mayHaveDaemon() -> Bool {
    if daemon != .none { return true }
    let (now, due) = (watch.milliseconds, next.load(ordering: .relaxed))
    guard now >= due,
      next.compareExchange(expected: due, desired: now + Self.interval, ordering: .relaxed).exchanged
    else { return false }
    let answer = store.graveyardDaemon(sources)
    found.withLock { $0 = answer }
    return answer != .none
  }
}
