// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import LinuxIO
package import SystemPackage

/// Whether one directory lies in another. Two questions are asked, because a bind mount shows a directory at a second
/// place, from which `..` leads elsewhere: is the outer one above the inner one, and is it so on their file system?
package enum Containment {
  /// Where a directory is on its file system, whatever it is mounted as.
  private struct Place {
    var device: MountDevice
    var components: [ArraySlice<UInt8>]

    init(_ path: [UInt8], _ mount: MountEntry) {
      device = mount.device
      let slash = UInt8(ascii: "/")
      let below = path.split(separator: slash).dropFirst(mount.mountPoint.split(separator: slash).count)
      components = mount.root.split(separator: slash) + below
    }

    func isAtOrBelow(_ other: Place) -> Bool {
      device == other.device && components.starts(with: other.components)
    }
  }

  /// Whether a directory is another one or lies below it.
  package static func isAtOrBelow(
    _ inner: borrowing OwnedDescriptor, _ outer: borrowing OwnedDescriptor
  ) throws(Errno) -> Bool {
    let wanted = try outer.status()
    let isReached = try isReached(from: inner) { (_, status) throws(Errno) in
      status.device == wanted.device && status.inode == wanted.inode
    }
    return isReached || isAtOrBelowOnFileSystem(inner, outer)
  }

  /// Whether a directory is a cache directory, by what is in it, or lies in one. Where a user may not look no cache is known.
  package static func isInSomeCache(_ directory: borrowing OwnedDescriptor) throws(Errno) -> Bool {
    do throws(Errno) {
      if try isBelowCache(directory) { return true }
      return try isBelowCacheElsewhere(directory)
    } catch {
      if error == .permissionDenied { return false }
      throw error
    }
  }

  /// Whether a directory that is there, or is to be made, lies in a cache.
  ///
  /// - Throws: `Errno` when neither it nor the directory that it is to be made in can be opened.
  package static func isInSomeCache(_ path: FilePath) throws(Errno) -> Bool {
    do throws(Errno) {
      return try isInSomeCache(try OwnedDescriptor(directory: path, keepsAccessTime: false).openParent(.place))
    } catch {
      if error == .permissionDenied { return false }
      guard error == .noSuchFileOrDirectory else { throw error }
      return try isInSomeCache(try OwnedDescriptor(directory: NewFile.parent(of: path), keepsAccessTime: false))
    }
  }

  private static func isBelowCache(_ directory: borrowing OwnedDescriptor) throws(Errno) -> Bool {
    try isReached(from: directory) { (candidate, _) throws(Errno) in
      for name in [Store.cacheName, Store.graveyardName] {
        do throws(Errno) {
          if try candidate.status(of: name).kind != .directory { return false }
        } catch {
          guard error == .noSuchFileOrDirectory else { throw error }
          return false
        }
      }
      return true
    }
  }

  /// The same by other mounts of its file system: one of a part of a cache shows nothing of what is above that part.
  private static func isBelowCacheElsewhere(_ directory: borrowing OwnedDescriptor) throws(Errno) -> Bool {
    guard let path = directory.resolvedPath else { return false }
    let text: [UInt8]
    do throws(Errno) { text = try SmallFile.read("/proc/self/mountinfo") } catch {
      // Without /proc this cannot be asked; what else keeps it from being read is no answer.
      if error == .noSuchFileOrDirectory { return false }
      throw error
    }
    let mounts = MountTable(parsing: text.span)
    guard let mount = mounts.entry(holding: path) else { return false }
    let (slash, own) = (UInt8(ascii: "/"), try directory.status())
    let place = Place(path, mount)
    for other in mounts.rows where other.device == mount.device && other.root.count < mount.root.count {
      let root = other.root.split(separator: slash)
      guard place.components.starts(with: root) else { continue }
      let there = other.mountPoint.split(separator: slash) + place.components.dropFirst(root.count)
      let whole = there.reduce(into: [UInt8]()) { $0 += [slash] + $1 }
      guard let found = try? OwnedDescriptor(directory: FilePath(bytes: whole), keepsAccessTime: false),
        let status = try? found.status(), status.inode == own.inode, status.device == own.device
      else { continue }
      if try isBelowCache(found) { return true }
    }
    return false
  }

  /// Whether this is so of a directory or of one above it.
  private static func isReached(
    from directory: borrowing OwnedDescriptor, _ isWanted: (borrowing OwnedDescriptor, FileStatus) throws(Errno) -> Bool
  ) throws(Errno) -> Bool {
    var current = try directory.duplicate()
    var status = try current.status()
    while true {
      if try isWanted(current, status) { return true }
      let above = try current.openParent(.place)
      let next = try above.status()
      // The root directory is above itself.
      if next.device == status.device, next.inode == status.inode { return false }
      current = above
      status = next
    }
  }

  private static func isAtOrBelowOnFileSystem(
    _ inner: borrowing OwnedDescriptor, _ outer: borrowing OwnedDescriptor
  ) -> Bool {
    // Without /proc only the first question can be answered.
    guard let innerPath = inner.resolvedPath, let outerPath = outer.resolvedPath,
      let text = try? SmallFile.read("/proc/self/mountinfo")
    else { return false }
    let mounts = MountTable(parsing: text.span)
    guard let innerMount = mounts.entry(holding: innerPath), let outerMount = mounts.entry(holding: outerPath) else {
      return false
    }
    return Place(innerPath, innerMount).isAtOrBelow(Place(outerPath, outerMount))
  }
}
