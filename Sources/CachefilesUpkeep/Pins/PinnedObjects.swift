// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO

/// The objects of all pins of a cache: what no cull and no purge takes.
package final class PinnedObjects: ObjectRule {
  /// The names of objects, by the paths of their fanout directories.
  private let directories: [[UInt8]: Set<[UInt8]>]
  /// The keys of the volumes that they are in.
  package let volumes: Set<[UInt8]>
  /// How many there are.
  package let count: Int

  /// Takes over what is pinned.
  package init(_ list: PinList) {
    var directories: [[UInt8]: Set<[UInt8]>] = [:]
    var volumes: Set<[UInt8]> = []
    for pin in list.pins {
      for object in pin.objects {
        let path = CachePath(object.path)
        guard let name = path.name else { continue }
        directories[path.parent.bytes, default: []].insert(name.bytes)
      }
    }
    for directory in directories.keys {
      if let key = CachePath(directory).volumeKey { volumes.insert(key) }
    }
    self.directories = directories
    self.volumes = volumes
    count = directories.values.reduce(0) { $0 + $1.count }
  }

  /// The names that are pinned in a fanout directory, which its path below the root tells.
  func names(in directory: [UInt8]) -> Set<[UInt8]>? { directories[directory] }

  /// How many of them are in volumes of which a closure says yes.
  func count(in isChosen: ([UInt8]) -> Bool) -> Int {
    directories.reduce(0) { sum, directory in
      CachePath(directory.key).volumeKey.map(isChosen) ?? false ? sum + directory.value.count : sum
    }
  }

  /// The paths below the root, sorted.
  package var paths: [[UInt8]] {
    directories.flatMap { directory, names in names.map { directory.appending(component: $0) } }
      .sorted { $0.lexicographicallyPrecedes($1) }
  }

  package func makeMatcher() -> any ObjectMatcher { makePinMatcher() }

  func makePinMatcher() -> PinMatcher { PinMatcher(self) }

  package func matches(path: [UInt8]) -> Bool {
    let path = CachePath(path)
    return path.name.map { directories[path.parent.bytes]?.contains($0.bytes) ?? false } ?? false
  }
}
