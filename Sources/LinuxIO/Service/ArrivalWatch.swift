// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
public import SystemPackage

/// Tells when something comes into a directory.
public final class ArrivalWatch: Sendable {
  /// What a ``PollSet`` waits for.
  public let descriptor: OwnedDescriptor

  /// Watches an open directory, whatever becomes of its path. The corresponding C functions are `inotify_init1` and
  /// `inotify_add_watch` with `/proc/self/fd`.
  ///
  /// - Throws: `Errno`; ENOENT without `/proc`.
  public init(_ directory: borrowing OwnedDescriptor) throws(Errno) {
    let path = "/proc/self/fd/\(directory.raw)"
    descriptor = OwnedDescriptor(raw: try call(.inotify) { path.withCString { clinux_watch_arrivals($0) } })
  }

  /// Forgets what has come so far.
  public func clear() {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while Glibc.read(descriptor.raw, &buffer, buffer.count) > 0 {}
  }
}
