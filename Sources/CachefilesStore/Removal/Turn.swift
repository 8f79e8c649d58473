import Synchronization

/// Lets one thread at a time do something.
final class Turn: Sendable {
  private let lock = Mutex<Void>(())

  /// Runs the body when it is this thread's turn.
  func take(_ body: () -> Void) { lock.withLock { _ in body() } }
}
