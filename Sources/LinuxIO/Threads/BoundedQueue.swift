// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A first-in-first-out queue between threads that makes the one that fills it wait while it is full.
public final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
  // The mutex guards every stored property.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let hasElements: UnsafeMutablePointer<pthread_cond_t>
  private let hasRoom: UnsafeMutablePointer<pthread_cond_t>
  /// What was added last, the newest last.
  private var added: [Element] = []
  /// What is taken next, the oldest last: taking one moves none of the others.
  private var ready: [Element] = []
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
    hasElements = .allocate(capacity: 1)
    hasRoom = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(hasElements, nil)
    pthread_cond_init(hasRoom, nil)
  }

  deinit {
    pthread_cond_destroy(hasElements)
    pthread_cond_destroy(hasRoom)
    pthread_mutex_destroy(mutex)
    hasElements.deallocate()
    hasRoom.deallocate()
    mutex.deallocate()
  }

  /// Adds an element; waits while there is no room and somebody makes some. Nothing is added after ``end()``.
  public func push(_ element: Element) {
    let own = weigh(element)
    pthread_mutex_lock(mutex)
    while isServed, !isEnded, weight > 0, weight + own > limit { pthread_cond_wait(hasRoom, mutex) }
    if !isEnded {
      added.append(element)
      weight += own
    }
    pthread_mutex_unlock(mutex)
    pthread_cond_signal(hasElements)
  }

  /// The next element; waits for one, and gives nil when the queue is empty and ended.
  public func next() -> Element? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    isServed = true
    while ready.isEmpty {
      if added.isEmpty {
        if isEnded { return nil }
        pthread_cond_wait(hasElements, mutex)
      } else {
        ready = added.reversed()
        added.removeAll(keepingCapacity: true)
      }
    }
    let element = ready.removeLast()
    weight -= weigh(element)
    // All of them: what one waits with may be too heavy yet, and what another has may not.
    pthread_cond_broadcast(hasRoom)
    return element
  }

  /// Nothing more comes.
  public func end() {
    pthread_mutex_lock(mutex)
    isEnded = true
    pthread_mutex_unlock(mutex)
    pthread_cond_broadcast(hasElements)
    pthread_cond_broadcast(hasRoom)
  }
}
