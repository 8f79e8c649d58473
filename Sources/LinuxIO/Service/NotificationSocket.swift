// SPDX-License-Identifier: Apache-2.0
import CLinux
public import SystemPackage

/// The socket on which a service manager is told how a service does (sd_notify(3)): one datagram a message.
public struct NotificationSocket: Sendable {
  private let path: String

  /// The socket that the environment names; nil when nobody listens.
  public init?() {
    guard let path = Environment.value("NOTIFY_SOCKET"), path.hasPrefix("/") || path.hasPrefix("@") else { return nil }
    self.path = path
  }

  /// A socket by its path, or behind `@` by its abstract name.
  public init(path: String) { self.path = path }

  /// Sends a message of lines `NAME=VALUE`. The corresponding C function is `sendmsg`.
  ///
  /// - Throws: `Errno`.
  public func send(_ text: String) throws(Errno) { try send(text, -1) }

  /// Sends a message with a copy of a descriptor (`SCM_RIGHTS`).
  ///
  /// - Throws: `Errno`.
  public func send(_ text: String, with descriptor: borrowing OwnedDescriptor) throws(Errno) {
    try send(text, descriptor.raw)
  }

  private func send(_ text: String, _ descriptor: CInt) throws(Errno) {
    let bytes = Array(text.utf8)
    try perform(.sendmsg) {
      path.withCString { path in
        bytes.withUnsafeBytes { clinux_send_datagram(path, $0.baseAddress, bytes.count, descriptor) }
      }
    }
  }
}
