// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import Synchronization
import SystemPackage

/// Hands out ranges of numbers to threads.
final class Counter: Sendable {
  private let value: Atomic<Int>
  init(_ start: Int) { value = Atomic(start) }

  /// The first of the next `count` numbers.
  @discardableResult
  func take(_ count: Int) -> Int { value.add(count, ordering: .relaxed).oldValue }
}
