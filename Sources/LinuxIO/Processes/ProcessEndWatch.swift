// SPDX-License-Identifier: Apache-2.0
import Glibc
public import SystemPackage

/// Waits on a thread of its own for the end of a process.
public final class ProcessEndWatch: Sendable {
  private let thread: SystemThread
  private let stop: Event

  /// Waits from now on; the body runs once when the process has ended, or when that can no longer be told.
  ///
  /// - Throws: `Errno`; EAGAIN when the system has no more threads.
  public init(
    _ process: borrowing ProcessDescriptor, _ body: @escaping @Sendable () -> Void
  ) throws(Errno) {
    let stop = try Event()
    let watched = SharedFile(try process.descriptor.duplicate())
    guard
      let thread = SystemThread({
        if Self.wait(for: watched.value.raw, unless: stop.descriptor.raw) { body() }
      })
    else { throw .resourceTemporarilyUnavailable }
    self.stop = stop
    self.thread = thread
  }

  /// Ends the wait; when the body runs just then, this waits for its end.
  deinit {
    stop.set()
    thread.join()
  }

  /// True when the process has ended, false when the wait was ended.
  private static func wait(for process: CInt, unless stop: CInt) -> Bool {
    var requests = [
      pollfd(fd: process, events: Int16(POLLIN), revents: 0), pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
    ]
    while true {
      let count = Glibc.poll(&requests, 2, -1)
      if count < 0, errno == EINTR { continue }
      return count < 0 || requests[1].revents == 0
    }
  }

  private final class SharedFile: Sendable {
    let value: OwnedDescriptor
    init(_ value: consuming OwnedDescriptor) { self.value = value }
  }
}
