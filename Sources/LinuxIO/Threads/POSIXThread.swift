import Glibc

/// A thread of the system's own making, outside Swift's task pool. It is joined or detached once.
struct POSIXThread {
  private let thread: pthread_t

  /// Starts a thread; nil when the system has no more. The corresponding C function is `pthread_create`.
  static func start(_ body: @escaping @Sendable () -> Void) -> POSIXThread? {
    let context = Unmanaged.passRetained(Body(body))
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, nil,
      { raw in
        guard let raw else { return nil }
        Unmanaged<Body>.fromOpaque(raw).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    guard failure == 0 else {
      context.release()
      return nil
    }
    return POSIXThread(thread: thread)
  }

  /// Waits for its end.
  func join() { pthread_join(thread, nil) }

  /// Leaves it to itself.
  func detach() { pthread_detach(thread) }

  /// The code of one thread.
  private final class Body: Sendable {
    private let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    func run() { body() }
  }
}
