// SPDX-License-Identifier: Apache-2.0
import Glibc
import SystemPackage

/// Waiting for a descriptor in such a way that a signal ends the wait: `read` and `write` would go on after one.
enum Readiness {
  /// Milliseconds between two looks whether a signal has come just before a call.
  private static let interval: CInt = 250

  /// Sleeps until a descriptor can be read from or written to, or is at its end; false when a signal came instead.
  ///
  /// A pipe that nobody has opened for writing yet is not at its end. The corresponding C function is `poll`.
  static func wait(for descriptor: CInt, _ events: CInt) throws(Errno) -> Bool {
    while Interruption.signal == nil {
      var request = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      let count = poll(&request, 1, interval)
      if count > 0 { return true }
      if count < 0, errno != EINTR { throw Errno(rawValue: errno) }
    }
    return false
  }
}
