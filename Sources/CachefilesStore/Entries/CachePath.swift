// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import LinuxIO

/// A path below the root of a cache, as bytes: components joined by slashes, without a slash at either end. The root
/// itself has no component.
package struct CachePath: Hashable, Sendable {
  /// The bytes of the path.
  package let bytes: [UInt8]

  /// The root of the cache.
  package static let root = CachePath([])
  /// The directory of the objects.
  package static let cache = CachePath(Store.cacheName.bytes)
  /// The directory of what waits to be removed.
  package static let graveyard = CachePath(Store.graveyardName.bytes)

  private static let slash = UInt8(ascii: "/")

  /// A path that was made from names, or kept by a journal.
  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// A path of components.
  package init(joining components: [[UInt8]]) { self.init(Array(components.joined(separator: [Self.slash]))) }

  /// The part of a path below the root, given the root's own path that it begins with.
  package init(_ path: [UInt8], below root: [UInt8]) {
    bytes = Array(path.dropFirst(root.count).drop { $0 == Self.slash })
  }

  /// Whether it is that of the root.
  package var isRoot: Bool { bytes.isEmpty }
  /// The number of components.
  package var depth: Int { isRoot ? 0 : bytes.count { $0 == Self.slash } + 1 }
  /// The names of the directories and of the entry itself.
  package var components: [[UInt8]] { bytes.split(separator: Self.slash).map { Array($0) } }
  /// The last component; nil for the root, and for what no directory can hold.
  package var name: EntryName? { EntryName(Array(bytes[nameStart...])) }

  /// The directory above; the root for an entry of the root, and for the root.
  package var parent: CachePath { CachePath(Array(bytes[..<max(nameStart - 1, bytes.startIndex)])) }

  /// The directories above, the nearest last, without the root.
  package var ancestors: [CachePath] {
    bytes.indices.filter { bytes[$0] == Self.slash }.map { CachePath(Array(bytes[..<$0])) }
  }

  /// The path of an entry of this directory.
  package func appending(_ name: [UInt8]) -> CachePath {
    isRoot ? CachePath(name) : CachePath(bytes.appending(component: name))
  }

  /// What an entry at this path is, by its place alone.
  package var place: EntryPlace {
    components.reduce(.root) { $0.child(named: $1.span) }
  }

  /// The key of the volume that it is the path of, or leads into; nil for what is in none.
  package var volumeKey: [UInt8]? {
    let parts = bytes.split(separator: Self.slash, maxSplits: 2)
    guard parts.count > 1, parts[0].elementsEqual(Store.cacheName.bytes) else { return nil }
    return VolumeName.key(ofName: Array(parts[1]))
  }

  /// Its bytes behind the path of the cache's root.
  package func bytes(below root: [UInt8]) -> [UInt8] { root.appending(path: bytes) }

  /// Whether it is in a tree of the layout before Linux 5.17: `cache/@xx/…`.
  package var isInLegacyTree: Bool {
    let parts = bytes.split(separator: Self.slash, maxSplits: 2)
    return parts.count > 1 && parts[0].elementsEqual(Store.cacheName.bytes)
      && Fanout(directoryName: Array(parts[1])) != nil
  }

  private var nameStart: Int { bytes.lastIndex(of: Self.slash).map { $0 + 1 } ?? bytes.startIndex }
}

/// In a file a path is escaped text.
extension CachePath: Codable {
  package init(from decoder: any Decoder) throws {
    self.init(EscapedBytes.unescape(Array(try decoder.singleValueContainer().decode(String.self).utf8).span))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(EscapedBytes.string(bytes))
  }
}
