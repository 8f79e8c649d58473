// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// How many more objects may go in a round: never more than were planned, whatever a scan comes across now.
final class CullBudget: Sendable {
  private let left = Atomic<Int>(0)
  private let wasShort = Atomic<Bool>(false)

  /// Whether the round came across more than was planned.
  var isShort: Bool { wasShort.load(ordering: .relaxed) }

  /// Begins a round of at most so many victims.
  func start(_ count: Int) {
    left.store(count, ordering: .relaxed)
    wasShort.store(false, ordering: .relaxed)
  }

  /// Takes one victim from the plan; false when all of it has been taken.
  func take() -> Bool {
    if left.subtract(1, ordering: .relaxed).newValue >= 0 { return true }
    left.add(1, ordering: .relaxed)
    wasShort.store(true, ordering: .relaxed)
    return false
  }

  /// Gives a victim back that did not go.
  func giveBack() { left.add(1, ordering: .relaxed) }
}
