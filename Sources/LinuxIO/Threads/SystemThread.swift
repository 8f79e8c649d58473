// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A POSIX thread that runs one body: the one place that makes threads.
///
/// A test's plan of failing system calls holds in it too.
struct SystemThread {
  private let handle: pthread_t

  /// Starts a thread; nil when the system has no more. The corresponding C function is `pthread_create`.
  init?(_ body: @escaping @Sendable () -> Void) {
    #if FAULTS
      let plan = FaultPlan.current
      let code = Code { FaultPlan.$current.withValue(plan) { body() } }
    #else
      let code = Code(body)
    #endif
    let context = Unmanaged.passRetained(code)
    var handle = pthread_t()
    let failure = pthread_create(
      &handle, nil,
      { raw in
        guard let raw else { return nil }
        Unmanaged<Code>.fromOpaque(raw).takeRetainedValue().body()
        return nil
      }, context.toOpaque())
    guard failure == 0 else {
      context.release()
      return nil
    }
    self.handle = handle
  }

  /// Waits for its end: `pthread_join`.
  func join() { pthread_join(handle, nil) }

  /// Lets it end by itself: `pthread_detach`.
  func detach() { pthread_detach(handle) }

  private final class Code: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
