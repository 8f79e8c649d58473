// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
public import SystemPackage

/// A process that cannot be mistaken for a later one of the same number.
public struct ProcessDescriptor: ~Copyable, Sendable {
  let descriptor: OwnedDescriptor
  /// Its number.
  public let process: Int

  /// Opens a process.
  ///
  /// The corresponding C function is `pidfd_open`, Linux 5.3.
  /// - Throws: `Errno`; ESRCH when there is none, ENOSYS on an older kernel.
  public init(_ process: Int) throws(Errno) {
    self.process = process
    let number = CInt(clamping: process)
    descriptor = OwnedDescriptor(raw: try call(.pidfdOpen) { clinux_pidfd_open(number) })
  }

  /// A copy of one of its descriptors: both stand for the same open file.
  ///
  /// The corresponding C function is `pidfd_getfd`, Linux 5.6. The caller needs the right to trace the process
  /// (`PTRACE_MODE_ATTACH_REALCREDS`).
  /// - Throws: `Errno`; EBADF when it has no such descriptor, EPERM without that right, ENOSYS on an older kernel.
  public func copy(of number: Int) throws(Errno) -> OwnedDescriptor {
    let number = CInt(clamping: number)
    return OwnedDescriptor(raw: try call(.pidfdGetfd) { clinux_pidfd_getfd(descriptor.raw, number) })
  }

  /// Whether it has ended. The corresponding C function is `poll`.
  ///
  /// - Throws: `Errno`.
  public func hasEnded() throws(Errno) -> Bool {
    var request = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
    return try call(.poll) { Glibc.poll(&request, 1, 0) } > 0
  }
}
