// SPDX-License-Identifier: Apache-2.0
import Synchronization
import Testing

@testable import LinuxIO

/// Queues that make who fills them wait.
@Suite("Bounded queues")
struct BoundedQueueTests {
  @Test("elements come out in the order they went in, also when both happen in turn")
  func order() {
    let queue = BoundedQueue<Int>(limit: .max) { _ in 1 }
    var taken: [Int] = []
    for round in 0..<20 {
      for number in 0..<7 { queue.push(round * 7 + number) }
      for _ in 0..<5 { taken.append(queue.next() ?? -1) }
    }
    queue.end()
    while let element = queue.next() { taken.append(element) }
    #expect(taken == Array(0..<140))
  }

  @Test("between two threads everything passes once, in order")
  func passing() {
    let queue = BoundedQueue<Int>(limit: 10) { _ in 1 }
    let results = Workers.run(count: 2) { number -> [Int] in
      if number == 0 {
        for value in 0..<10_000 { queue.push(value) }
        queue.end()
        return []
      }
      var seen: [Int] = []
      while let value = queue.next() { seen.append(value) }
      return seen
    }
    // Where no second thread could be made, all waits in the queue.
    var seen = results.flatMap(\.self)
    while let value = queue.next() { seen.append(value) }
    #expect(seen == Array(0..<10_000))
  }

  @Test("several threads take each element once, and never is more inside than the limit", arguments: [1, 2, 5])
  func bounded(threads: Int) {
    let queue = BoundedQueue<Int>(limit: 100) { $0 % 9 + 1 }
    let inside = Atomic<Int>(0)
    let most = Atomic<Int>(0)
    let taken = Guarded<[Int]>([])
    Workers.run(beside: {
      _ = Workers.run(count: threads) { _ in
        while let element = queue.next() {
          inside.subtract(element % 9 + 1, ordering: .sequentiallyConsistent)
          taken.withLock { $0.append(element) }
        }
      }
    }) {
      // Somebody takes elements before the first has to wait.
      queue.push(0)
      while taken.withLock({ $0.isEmpty }) {}
      for number in 1..<20_000 {
        queue.push(number)
        let now = inside.add(number % 9 + 1, ordering: .sequentiallyConsistent).newValue
        most.max(now, ordering: .relaxed)
      }
      queue.end()
    }
    #expect(taken.withLock { $0.sorted() } == Array(0..<20_000))
    // What has been taken is counted a moment later, by each thread.
    #expect(most.load(ordering: .relaxed) <= 100 + 9 * threads)
  }

  @Test("one that is heavier than the limit passes alone; after the end nothing is added")
  func heavy() {
    let queue = BoundedQueue<Int>(limit: 10) { $0 }
    queue.push(1000)
    #expect(queue.next() == 1000)
    queue.push(2000)
    queue.end()
    queue.push(1)
    #expect(queue.next() == 2000)
    #expect(queue.next() == nil)
  }
}
