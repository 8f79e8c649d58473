// SPDX-License-Identifier: Apache-2.0
import LinuxIO

extension SharedHold: RemovalRight {
  package var isLive: Bool { false }
  package func checkStillHeld() throws(Refusal) { try cache.checkStillFree() }
  package func requireStillHeld() throws(Refusal) { try cache.requireStillFree() }

  package func withRemovers<R: Sendable>(
    threads: Int, _ body: @escaping @Sendable (any EntryRemover) -> R
  ) throws(Refusal) -> [R] {
    Workers.run(count: threads) { _ in body(ExclusiveRemover(hold: self)) }
  }
}
