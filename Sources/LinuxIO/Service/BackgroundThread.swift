// SPDX-License-Identifier: Apache-2.0
import Synchronization
public import SystemPackage

/// A thread that works beside all else for as long as the program runs.
public final class BackgroundThread: Sendable {
  private let done: Event

  /// Starts it.
  ///
  /// - Throws: `Errno`; EAGAIN when the system has no more threads.
  public init(_ body: @escaping @Sendable () -> Void) throws(Errno) {
    let done = try Event()
    let thread = SystemThread {
      body()
      done.set()
    }
    guard let thread else { throw .resourceTemporarilyUnavailable }
    thread.detach()
    self.done = done
  }

  /// Waits for its end, at most so long: one that hangs in a call on a dead disk cannot be ended. False when it goes on.
  public func waitForEnd(milliseconds: Int) -> Bool { done.wait(milliseconds: milliseconds) }
}
