// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
package import LinuxIO

/// What a direct read (`O_DIRECT`) of a mounted file means: the one table of it.
///
/// Measured in the kernel lab (case `verify`, and the cases of AFS and Ceph) on 6.1, 6.12 and 7.2: bytes of objects were inverted
/// while the cache was not bound; a usual read through the mount gave the wrong bytes, a direct one the server's, before and after,
/// and with the wrong pages in memory.
package enum DirectReading: Equatable, Sendable {
  /// It goes to the server, past the page cache and past the cache on disk.
  case fromServer
  /// It does not, or that is not known; the reason, as a phrase that goes on after the name of the mount.
  case unavailable(String)

  /// The first release of which it is known for a network file system; nil where it is never so.
  static func firstRelease(_ type: NetfsType) -> KernelRelease? {
    switch type {
    case .nfs, .cifs, .ninep, .ceph: KernelRelease(6, 1)
    // Before 6.8 kafs refuses to open with O_DIRECT (measured on 6.1: EINVAL).
    case .afs: KernelRelease(6, 12)
    case .erofs, .unknown: nil
    }
  }

  /// What it means on a mount.
  package init(_ mount: MountEntry?, kernel: KernelRelease = .running) {
    guard let mount, let type = mount.netfs else {
      self = .unavailable("it is not on a network file system that can be cached")
      return
    }
    guard let first = Self.firstRelease(type) else {
      self = .unavailable("its files come from an image, and no server can be asked for them")
      return
    }
    guard kernel >= first else {
      self = .unavailable(
        "a direct read of \(EscapedBytes.string(mount.type)) is known to go to the server from Linux \(first) on; this is \(kernel)"
      )
      return
    }
    self = .fromServer
  }
}
