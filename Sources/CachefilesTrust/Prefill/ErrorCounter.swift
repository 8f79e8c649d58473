// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import Synchronization

/// Counts failures, and passes them on.
final class ErrorCounter: Sendable {
  private let number = Atomic<Int>(0)
  private let pass: @Sendable (StoreError) -> Void

  init(_ pass: @escaping @Sendable (StoreError) -> Void) { self.pass = pass }

  /// How many there were.
  var count: Int { number.load(ordering: .relaxed) }

  /// Takes one, from any thread.
  func add(_ error: StoreError) {
    number.add(1, ordering: .relaxed)
    pass(error)
  }
}
