// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO

/// Where an entry of a cache is, read from its path alone: the root, and the path below it, which is the same for every command
/// and wherever the cache is mounted. ``ObjectLocation`` is the same for objects, and stricter.
package struct EntryLocation: Equatable, Sendable {
  /// The path of the root without a slash at its end; `.` where the path begins below it.
  package let root: [UInt8]
  /// The path below the root: `cache/I…`, `cache/@xx/…` of the layout before Linux 5.17, or `graveyard/…`.
  package let path: [UInt8]

  /// Reads a path; nil when it does not lead into a cache.
  package init?(_ given: [UInt8]) {
    let slash = UInt8(ascii: "/")
    let (components, starts) = ObjectLocation.components(of: given)
    let top = components.indices.dropLast().last { index in
      let next = components[index + 1]
      if components[index] == Store.graveyardName.bytes { return true }
      return components[index] == Store.cacheName.bytes
        && (next.first == VolumeName.prefix || Fanout(directoryName: next) != nil)
    }
    guard let top else { return nil }
    let above = given[..<starts[top]]
    let end = above.lastIndex { $0 != slash }
    root = end.map { Array(above[...$0]) } ?? [above.isEmpty ? UInt8(ascii: ".") : slash]
    path = Array(components[top...].joined(separator: [slash]))
  }
}
