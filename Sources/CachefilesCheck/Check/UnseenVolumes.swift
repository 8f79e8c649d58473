import CachefilesFormat
import CachefilesStore
import LinuxIO

/// The volumes of which something could not be looked at, by the paths of what could not.
struct UnseenVolumes: Sendable {
  private var keys: Set<[UInt8]> = []
  /// Whether it was a directory above the volumes.
  private var concernsAll = false

  /// Notes something that could not be looked at, by its path below the root.
  mutating func insert(_ path: [UInt8]) {
    if let key = Self.key(in: path) {
      keys.insert(key)
    } else if path.isEmpty || path == Store.cacheName.bytes {
      concernsAll = true
    }
  }

  /// The key of the volume that a path below the root is of, or in; nil for what is in none.
  static func key(in path: [UInt8]) -> [UInt8]? {
    let components = path.split(separator: UInt8(ascii: "/"), maxSplits: 2)
    guard components.count > 1, components[0].elementsEqual(Store.cacheName.bytes),
      components[1].first == VolumeName.prefix
    else { return nil }
    return Array(components[1].dropFirst())
  }

  /// Whether something of the volume with this key is among it.
  func contains(_ key: [UInt8]) -> Bool { concernsAll || keys.contains(key) }
}
