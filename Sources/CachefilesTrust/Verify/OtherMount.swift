// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
package import CachefilesHost
package import CachefilesStore
package import LinuxIO
import SystemPackage

/// A second mount of the same server and share that is not cached, where the server's bytes can be read.
package struct OtherMount: Sendable, Equatable {
  /// The mount.
  package let mount: MountEntry
  /// Whether its files are read past the page cache.
  let isDirect: Bool

  /// Finds the mount of a path.
  ///
  /// - Throws: ``StoreError`` when it is none, or asks for caching.
  package init(_ path: [UInt8], in mounts: MountTable, _ source: any FileFactSource, kernel: KernelRelease)
    throws(StoreError)
  {
    let file = try source.file(path, in: mounts)
    guard let mount = file.mount, mount.netfs != nil else {
      throw StoreError(
        path: path, operation: "compare with it", error: .notSupported, note: "it is not on a network file system")
    }
    if mount.asksForCache {
      throw StoreError(
        path: path, operation: "compare with it", error: .notSupported,
        note: "the mount is cached too, so that its bytes may come from the cache")
    }
    self.mount = mount
    isDirect = DirectReading(mount, kernel: kernel) == .fromServer
  }

  /// Why files of a cached mount cannot be compared with those of this one; nil when nothing speaks against it.
  func objection(to cached: MountEntry) -> String? {
    let name = EscapedBytes.string(mount.mountPoint)
    if cached.netfs != mount.netfs { return "\(name) is of another kind: \(EscapedBytes.string(mount.type))" }
    if cached.source != mount.source || cached.root != mount.root
      || cached.value(of: "aname") != mount.value(of: "aname")
    {
      return "\(name) is a mount of something else: \(EscapedBytes.string(mount.source))"
    }
    // Two mounts of one superblock have the same pages in memory, and the same cache.
    if cached.device == mount.device {
      return "\(name) shares its memory with the cached mount (NFS: mount it with nosharecache)"
    }
    return nil
  }

  /// The path of the same file here; nil when it is not below the cached mount.
  ///
  /// - Parameter resolved: its path without links.
  func path(of resolved: [UInt8], on cached: MountEntry) -> [UInt8]? {
    let slash = UInt8(ascii: "/")
    let start = cached.mountPoint == [slash] ? [slash] : cached.mountPoint + [slash]
    guard resolved.starts(with: start) else { return nil }
    return mount.mountPoint.appending(component: Array(resolved.dropFirst(start.count)))
  }
}
