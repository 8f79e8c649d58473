// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A lock that one thread has at a time, for one closure or over several calls.
///
/// `Guarded` guards a value during one closure; this is also for work whose end is not known when it begins.
public final class Lock: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  /// Makes a lock that nobody has.
  public init() {
    mutex = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Waits until nobody has it, and takes it. Not for a thread that has it.
  public func acquire() { pthread_mutex_lock(mutex) }

  /// Gives it back; only by the thread that has it.
  public func release() { pthread_mutex_unlock(mutex) }

  /// Runs a body while no other thread has the lock.
  public func withLock<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    acquire()
    defer { release() }
    return try body()
  }
}
