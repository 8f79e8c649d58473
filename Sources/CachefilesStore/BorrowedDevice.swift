// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import SystemPackage

/// The device of a daemon, borrowed. It is never read: that would take answers away from the daemon.
final class BorrowedDevice: CommandDevice {
  private let descriptor: OwnedDescriptor

  init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

  func command(_ bytes: [UInt8]) throws(Errno) { try descriptor.command(bytes) }
}
