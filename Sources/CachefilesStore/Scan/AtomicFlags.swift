// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Flags that any thread can set.
package final class AtomicFlags: @unchecked Sendable {
  private let words: UnsafeMutablePointer<Atomic<UInt64>>
  /// How many there are.
  package let count: Int

  /// Makes flags that are not set.
  package init(count: Int) {
    self.count = count
    let size = count / 64 + 1
    words = .allocate(capacity: size)
    for index in 0..<size { (words + index).initialize(to: Atomic(0)) }
  }

  deinit {
    words.deinitialize(count: count / 64 + 1)
    words.deallocate()
  }

  /// Sets one. Cheap where it is set already.
  @inline(__always)
  package func set(_ index: Int) {
    precondition(index >= 0 && index < count)
    let bit: UInt64 = 1 << UInt64(index & 63)
    if words[index / 64].load(ordering: .relaxed) & bit == 0 {
      words[index / 64].bitwiseOr(bit, ordering: .relaxed)
    }
  }

  /// Whether one is set.
  package func isSet(_ index: Int) -> Bool {
    words[index / 64].load(ordering: .relaxed) & (1 << UInt64(index & 63)) != 0
  }
}
