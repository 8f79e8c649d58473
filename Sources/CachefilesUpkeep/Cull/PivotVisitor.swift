// SPDX-License-Identifier: Apache-2.0
import CachefilesStore

/// Draws paths at random from what may go within a scope.
struct PivotVisitor: ScanVisitor {
  private let scope: CullScope
  private let count: Int
  private var drawn: [CullKey] = []
  private var seen: UInt64 = 0
  private var random = SplitMix64(seed: 1)

  init(_ scope: CullScope, count: Int) {
    self.scope = scope
    self.count = count
  }

  mutating func visit(_ entry: borrowing ScanEntry) {
    guard scope.contains(entry) else { return }
    seen += 1
    if drawn.count < count {
      drawn.append(scope.key(entry))
    } else {
      let place = random.next() % seen
      if place < UInt64(count) { drawn[Int(place)] = scope.key(entry) }
    }
  }

  mutating func merge(_ other: consuming PivotVisitor) { drawn += other.drawn }

  /// At most so many of them, in order, each once.
  var pivots: [CullKey] {
    let sorted = drawn.sorted()
    let step = max(1, sorted.count / max(1, count))
    return stride(from: 0, to: sorted.count, by: step).map { sorted[$0] }
      .reduce(into: []) { keys, key in if keys.last != key { keys.append(key) } }
  }
}
