// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
package import LinuxIO

/// What the files of mounted trees have in a cache, by directory.
package struct PathUsage: Sendable {
  /// The object of one file. A file that has several counts each of them.
  package struct Item: Sendable, Equatable {
    /// The file's name in its directory.
    package var name: [UInt8]
    /// The object's inode number.
    package var inode: UInt64
    /// The object's length in bytes.
    package var size: UInt64
    /// What it occupies, in bytes.
    package var allocatedBytes: UInt64
    /// Its last use and last change.
    package var times: (access: Timestamp, modification: Timestamp)
    /// Whether another name of the file was seen before, with which it counts.
    package var isSeen: Bool

    /// Whether all is the same.
    package static func == (left: Item, right: Item) -> Bool {
      left.name == right.name && left.inode == right.inode && left.size == right.size
        && left.allocatedBytes == right.allocatedBytes && left.times == right.times && left.isSeen == right.isSeen
    }
  }

  /// The objects of the files of each directory, by its path.
  package private(set) var directories: [[UInt8]: [Item]] = [:]
  /// What was found of each volume, by its key.
  package private(set) var volumes: [[UInt8]: Tally] = [:]
  private var inodes: Set<UInt64> = []

  init() {}

  /// Counts an object of a file.
  mutating func add(_ item: Item, of path: [UInt8], in volume: [UInt8]) {
    let (directory, name) = Self.split(path)
    var item = item
    item.name = name
    item.isSeen = !inodes.insert(item.inode).inserted
    if !item.isSeen { volumes[volume, default: Tally()].add(item) }
    directories[directory, default: []].append(item)
  }

  private static let slash = UInt8(ascii: "/")

  private static func split(_ path: [UInt8]) -> (directory: [UInt8], name: [UInt8]) {
    guard let end = path.lastIndex(of: slash) else { return ([], path) }
    return (end == 0 ? [slash] : Array(path[..<end]), Array(path[(end + 1)...]))
  }

  /// The directories in the order of a walk: each before those below it, and these before the next one beside it.
  package var inOrder: [(path: [UInt8], items: [Item])] {
    directories.map { (path: $0.key, parts: $0.key.split(separator: Self.slash), items: $0.value) }
      .sorted { left, right in
        left.parts.lexicographicallyPrecedes(right.parts) { $0.lexicographicallyPrecedes($1) }
      }
      .map { ($0.path, $0.items.sorted { $0.name.lexicographicallyPrecedes($1.name) }) }
  }

  /// What lies below each directory of so many levels below a tree: `/proj/a` and `/proj/b` of `/proj` at one level. What
  /// lies higher counts for its own directory.
  package func groups(below trees: [[UInt8]], levels: Int) -> [(path: [UInt8], tally: Tally)] {
    var sums: [[UInt8]: Tally] = [:]
    for (directory, items) in directories {
      let base = trees.filter { Self.isBelow(directory, $0) }.max { $0.count < $1.count } ?? []
      let parts = directory.dropFirst(base.count).split(separator: Self.slash)
      let path = parts.prefix(levels).reduce(base) { $0.appending(component: Array($1)) }
      for item in items where !item.isSeen { sums[path, default: Tally()].add(item) }
    }
    return sums.map { (path: $0.key, tally: $0.value) }
  }

  private static func isBelow(_ path: [UInt8], _ tree: [UInt8]) -> Bool {
    let whole = tree.last == slash ? Array(tree.dropLast()) : tree
    return path == tree || path.starts(with: whole + [slash])
  }
}

extension Tally {
  /// Counts an object.
  fileprivate mutating func add(_ item: PathUsage.Item) {
    objects += 1
    diskBytes = diskBytes.addingClamped(item.allocatedBytes)
    fileBytes = fileBytes.addingClamped(item.size)
    note(access: item.times.access)
  }
}
