// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// Things of one kind that a walk came across: how many, and the first few by name.
package struct Sightings: Sendable, Equatable {
  /// One of them.
  package struct Sighting: Sendable, Equatable {
    /// Where it is.
    package var path: [UInt8]
    /// What is the matter with it: `a FIFO`, `immutable`.
    package var words: String
  }

  /// How many are named.
  package static let namedLimit = 3

  /// How many there are.
  package private(set) var count = 0
  /// The first ones in the order of their paths.
  package private(set) var named: [Sighting] = []

  /// None.
  package init() {}

  /// Adds one.
  package mutating func add(_ path: [UInt8], _ words: String) {
    count += 1
    keep([Sighting(path: path, words: words)])
  }

  /// Adds those of another thread.
  mutating func add(_ other: Sightings) {
    count += other.count
    keep(other.named)
  }

  private mutating func keep(_ more: [Sighting]) {
    named += more
    named.sort { $0.path.lexicographicallyPrecedes($1.path) }
    named.removeLast(max(0, named.count - Self.namedLimit))
  }
}
