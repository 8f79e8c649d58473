// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
public import SystemPackage

/// Something that happens, on which other threads wait: a descriptor that becomes readable, and stays so until it is cleared.
public final class Event: Sendable {
  /// What a ``PollSet`` waits for.
  public let descriptor: OwnedDescriptor

  /// Nothing has happened yet. The corresponding C function is `eventfd`.
  ///
  /// - Throws: `Errno`.
  public init() throws(Errno) { descriptor = OwnedDescriptor(raw: try call(.eventfd) { clinux_eventfd() }) }

  /// It happens. Cheap, and allowed from any thread.
  public func set() {
    var one: UInt64 = 1
    _ = Glibc.write(descriptor.raw, &one, 8)
  }

  /// Forgets what has happened so far. Only where the descriptor is readable: otherwise it waits.
  public func clear() {
    var count: UInt64 = 0
    _ = Glibc.read(descriptor.raw, &count, 8)
  }

  /// Waits until it happens, at most so long; nil for ever. False when the time was over.
  public func wait(milliseconds: Int? = nil) -> Bool {
    var request = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
    while true {
      let count = Glibc.poll(&request, 1, milliseconds.map { CInt(clamping: $0) } ?? -1)
      if count < 0, errno == EINTR { continue }
      if count > 0 { clear() }
      return count > 0
    }
  }
}
