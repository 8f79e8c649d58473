// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO
import Synchronization

/// The paths of files, by the places of their objects: what a walk over a mount gathers before a list of millions of objects is
/// written. It holds one entry for each object that exists, about 40 bytes and the file's path.
package final class PathIndex: Sendable {
  /// 128 bits of a seeded hash of an object's place: two places with the same do not come up.
  private struct Digest: Hashable {
    let first: Int
    let second: Int

    init(_ place: Span<UInt8>) {
      var (first, second) = (Hasher(), Hasher())
      second.combine(0x5eed)
      place.withUnsafeBytes {
        first.combine(bytes: $0)
        second.combine(bytes: $0)
      }
      (self.first, self.second) = (first.finalize(), second.finalize())
    }
  }

  private struct Paths {
    var places: [Digest: Int] = [:]
    /// The paths, a NUL after each.
    var bytes: [UInt8] = []
  }

  private let paths = Guarded(Paths())

  /// An index of nothing.
  package init() {}

  /// How many objects have a path.
  package var count: Int { paths.withLock { $0.places.count } }

  /// Remembers the objects of a file that exist.
  package func add(_ mapping: FileMapping) {
    let file = mapping.file.path
    for place in mapping.places where place.exists {
      let digest = Digest(Array(place.components.joined(separator: [UInt8(ascii: "/")])).span)
      paths.withLock { paths in
        guard paths.places[digest] == nil else { return }
        paths.places[digest] = paths.bytes.count
        paths.bytes += file
        paths.bytes.append(0)
      }
    }
  }

  /// Appends the path of the file of an object, by its place below the root; nothing when it is not known.
  ///
  /// Called when the walk is over, by many threads.
  package func append(pathOf place: Span<UInt8>, to text: inout [UInt8]) {
    let digest = Digest(place)
    paths.withLock { paths in
      guard let start = paths.places[digest] else { return }
      var end = start
      while paths.bytes[end] != 0 { end += 1 }
      text += paths.bytes[start..<end]
    }
  }
}
