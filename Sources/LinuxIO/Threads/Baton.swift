import Glibc

/// The right to do something, which one thread has at a time and keeps over several calls.
///
/// A `Mutex` guards a value during one closure; this is for work whose end is not known when it begins.
public final class Baton: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  /// Makes a baton that nobody has.
  public init() {
    mutex = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Waits until nobody has it, and takes it. Not for a thread that has it.
  public func take() { pthread_mutex_lock(mutex) }

  /// Gives it back; only by the thread that has it.
  public func giveBack() { pthread_mutex_unlock(mutex) }
}
