// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO
package import SystemPackage

/// Where an object's path leads: the root of its cache, and the path below it, told by the components alone.
///
/// Only `cache/I…/@xx/name` and files of the layout before 5.17 (`cache/@xx/…`) are objects.
package struct ObjectLocation: Equatable, Sendable {
  /// The path of the root as it was given; empty where the path begins with `cache`.
  package let root: [UInt8]
  /// The path below the root.
  package let path: [UInt8]

  /// The path of the root without the slash at its end; `.` where the path begins with `cache`.
  package var rootPath: [UInt8] {
    guard let end = root.lastIndex(where: { $0 != UInt8(ascii: "/") }) else { return root.isEmpty ? [46] : [47] }
    return Array(root[...end])
  }

  /// Reads a path; nil when it is not that of an object.
  package init?(_ given: [UInt8]) {
    let slash = UInt8(ascii: "/")
    let (components, starts) = Self.components(of: given)
    guard given.last != slash, let cache = components.lastIndex(of: Store.cacheName.bytes) else { return nil }
    let below = Array(components[(cache + 1)...])
    guard Self.isObject(below) else { return nil }
    root = Array(given[..<starts[cache]])
    path = Array(([Store.cacheName.bytes] + below).joined(separator: [slash]))
  }

  /// The components of a path, and where each begins.
  static func components(of given: [UInt8]) -> (components: [[UInt8]], starts: [Int]) {
    var starts: [Int] = []
    var components: [[UInt8]] = []
    var index = 0
    while index < given.count {
      let end = given[index...].firstIndex(of: UInt8(ascii: "/")) ?? given.count
      if end > index {
        starts.append(index)
        components.append(Array(given[index..<end]))
      }
      index = end + 1
    }
    return (components, starts)
  }

  private static func isObject(_ below: [[UInt8]]) -> Bool {
    guard let first = below.first, let last = below.last, EntryName(last) != nil else { return false }
    if first.first == VolumeName.prefix {
      return below.count == 3 && Fanout(directoryName: below[1]) != nil
    }
    guard Fanout(directoryName: first) != nil, below.count >= 2,
      let legacy = try? LegacyPath(components: below)
    else { return false }
    return legacy.lastFanout == nil && !legacy.levels.isEmpty
  }
}

extension Store {
  /// Whether a path that the user gave leads to the root of this cache. Links in that path are followed.
  ///
  /// - Throws: `Errno` when it cannot be opened.
  package func isRoot(_ path: FilePath) throws(Errno) -> Bool {
    let status = try OwnedDescriptor(directory: path).status()
    return status.device == rootStatus.device && status.inode == rootStatus.inode
  }
}
