// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
import Synchronization
public import SystemPackage

/// Signals that are read instead of interrupting. They are blocked in the thread that makes it and in those that it starts: it is
/// made before any other thread.
public final class SignalQueue: Sendable {
  /// The signals that a service knows.
  public enum Signal: Sendable, Equatable {
    /// SIGTERM, SIGINT: the end.
    case end
    /// SIGHUP: read the settings again.
    case reload
    /// SIGUSR1: look at the state, and write it down.
    case report
  }

  /// What a ``PollSet`` waits for.
  public let descriptor: OwnedDescriptor
  /// What ``isEndAsked`` has read and nobody has taken.
  private let early = Guarded<[Signal]>([])

  /// From now on they are queued. The corresponding C functions are `pthread_sigmask` and `signalfd`.
  ///
  /// - Throws: `Errno`.
  public init() throws(Errno) {
    let numbers = [SIGTERM, SIGINT, SIGHUP, SIGUSR1]
    descriptor = OwnedDescriptor(
      raw: try call(.signalfd) { clinux_signal_descriptor(numbers, CInt(numbers.count)) })
  }

  /// Takes the next one; nil when there is none.
  public func next() -> Signal? {
    early.withLock { $0.isEmpty ? nil : $0.removeFirst() } ?? read()
  }

  /// Whether one asks for the end, for work that comes before anybody waits for signals. They are kept, and ``next()`` has them all; the
  /// descriptor is no longer ready for those.
  public var isEndAsked: Bool {
    while let signal = read() { early.withLock { $0.append(signal) } }
    return early.withLock { $0.contains(.end) }
  }

  private func read() -> Signal? {
    switch clinux_next_signal(descriptor.raw) {
    case SIGTERM, SIGINT: .end
    case SIGHUP: .reload
    case SIGUSR1: .report
    default: nil
    }
  }
}
