// SPDX-License-Identifier: Apache-2.0

/// A value that one thread at a time reads or changes, guarded by a mutex of the C library: `Guarded` of a build for the thread sanitizer.
///
/// The sanitizer knows what `pthread_mutex_lock` orders, and nothing of what the standard library's `Mutex` does.
@safe
public struct PosixMutex<Value: ~Copyable>: ~Copyable {
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
  public borrowing func withLock<R: ~Copyable, E: Error>(
    _ body: (inout sending Value) throws(E) -> sending R
  ) throws(E) -> sending R {
    lock.acquire()
    defer { lock.release() }
    return try body(&value.pointee)
  }
}

extension PosixMutex: @unchecked Sendable where Value: ~Copyable {}
