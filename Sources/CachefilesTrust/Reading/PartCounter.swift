// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Numbers that threads take one after another.
final class PartCounter: Sendable {
  private let numbers: Range<Int>
  private let taken: Atomic<Int>

  init(_ numbers: Range<Int>) {
    self.numbers = numbers
    taken = Atomic(numbers.lowerBound)
  }

  /// How many there are.
  var count: Int { numbers.count }

  /// Ends it: none is left for those who ask later.
  func cancel() { taken.store(numbers.upperBound, ordering: .relaxed) }

  /// The next one; nil when all are taken.
  func next() -> Int? {
    let number = taken.add(1, ordering: .relaxed).oldValue
    return number < numbers.upperBound ? number : nil
  }
}
