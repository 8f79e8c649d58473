// SPDX-License-Identifier: Apache-2.0
#if !THREAD_SANITIZER
  public import Synchronization
#endif

#if THREAD_SANITIZER
  /// A value that one thread at a time reads or changes, during one closure: `Mutex` of a build for the thread sanitizer.
  ///
  /// The sanitizer knows what `pthread_mutex_lock` orders, and nothing of what the standard library's `Mutex` does.
  @safe
  public struct Guarded<Value: ~Copyable>: ~Copyable {
    private let value: UnsafeMutablePointer<Value>
    private let lock = Lock()

    /// Guards a value.
    public init(_ initial: consuming sending Value) {
      value = .allocate(capacity: 1)
      value.initialize(to: initial)
    }

    deinit {
      value.deinitialize(count: 1)
      value.deallocate()
    }

    /// Runs a body while no other thread has the value.
    public borrowing func withLock<R: ~Copyable, E: Error>(_ body: (inout sending Value) throws(E) -> sending R)
      throws(E) -> sending R
    {
      lock.acquire()
      defer { lock.release() }
      return try body(&value.pointee)
    }
  }

  extension Guarded: @unchecked Sendable where Value: ~Copyable {}
#else
  /// A value that one thread at a time reads or changes, during one closure.
  public typealias Guarded<Value: ~Copyable> = Mutex<Value>
#endif
