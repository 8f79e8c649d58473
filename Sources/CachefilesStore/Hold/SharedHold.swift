import LinuxIO

/// A hold that several threads work under; it ends with the last of them.
package final class SharedHold: RemovalRight {
  /// The cache.
  package let cache: ExclusiveCache

  /// Shares a hold.
  package init(_ cache: consuming ExclusiveCache) { self.cache = cache }

  package var isLive: Bool { false }
  package func checkStillHeld() throws(Refusal) { try cache.checkStillFree() }
  package func requireStillHeld() throws(Refusal) { try cache.requireStillFree() }

  package func withRemovers<R: Sendable>(
    threads: Int, _ body: @escaping @Sendable (any EntryRemover) -> R
  ) throws(Refusal) -> [R] {
    Workers.run(count: threads) { _ in body(ExclusiveRemover(hold: self)) }
  }
}
