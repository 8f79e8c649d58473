// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A first-in-first-out queue between threads that makes the one that fills it wait while it is full.
public final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
  // The mutex guards every stored property.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var elements: [Element] = []
  private var weight = 0
  private let limit: Int
  private var isEnded = false
  /// Whether anybody takes elements; without, waiting would have no end.
  private var isServed = false
  private let weigh: (Element) -> Int

  /// Makes an empty queue.
  ///
  /// - Parameters:
  ///   - limit: what all elements may weigh; one that is heavier passes alone.
  ///   - weigh: what an element weighs, its bytes for instance.
  public init(limit: Int, weigh: @escaping (Element) -> Int) {
    self.limit = limit
    self.weigh = weigh
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Adds an element; waits while there is no room and somebody makes some. Nothing is added after ``end()``.
  public func push(_ element: Element) {
    let own = weigh(element)
    pthread_mutex_lock(mutex)
    while isServed, !isEnded, weight > 0, weight + own > limit { pthread_cond_wait(condition, mutex) }
    if !isEnded {
      elements.append(element)
      weight += own
    }
    pthread_mutex_unlock(mutex)
    pthread_cond_broadcast(condition)
  }

  /// The next element; waits for one, and gives nil when the queue is empty and ended.
  public func next() -> Element? {
    pthread_mutex_lock(mutex)
    defer {
      pthread_mutex_unlock(mutex)
      pthread_cond_broadcast(condition)
    }
    isServed = true
    while elements.isEmpty {
      if isEnded { return nil }
      pthread_cond_wait(condition, mutex)
    }
    let element = elements.removeFirst()
    weight -= weigh(element)
    return element
  }

  /// Nothing more comes.
  public func end() {
    pthread_mutex_lock(mutex)
    isEnded = true
    pthread_mutex_unlock(mutex)
    pthread_cond_broadcast(condition)
  }
}
