// SPDX-License-Identifier: Apache-2.0
#if DEBUG || Fuzzing
  import CachefilesFormat
  import LinuxIO

  @testable import CachefilesCommands
  @testable import CachefilesStore
  @testable import CachefilesUpkeep

  /// Paths, as several parts of the package read them.
  enum PathChecks {
    private static let slash = UInt8(ascii: "/")

    static func check(_ input: [UInt8]) throws {
      try belowRoot(input)
      try transfer(input)
      try cachePath(input)
      try location(input)
      try legacy(input)
      let name = EntryName(input)
      try hold(name == nil || name?.bytes == input, "a name with other bytes")
    }

    /// What is put together is the path of an object, and stays as it is.
    private static func belowRoot(_ input: [UInt8]) throws {
      guard let path = EntryPath.belowRoot(input) else { return }
      try hold(CachePath(path).place == .object || CachePath(path).components.count < 4, "no path of an object")
      let again = EntryPath.belowRoot(Array(path.dropFirst("cache/".utf8.count)))
      try hold(again == path, "another path for the same object")
      if case .object(_, _, let name) = TransferPath(path, isDirectory: false) {
        try hold(input.suffix(name.count).elementsEqual(name), "another name")
      }
    }

    /// A path that a stream may have is put together from its parts, and no part leads elsewhere.
    private static func transfer(_ input: [UInt8]) throws {
      for isDirectory in [false, true] {
        var parts: [[UInt8]] = [Array("cache".utf8)]
        switch TransferPath(input, isDirectory: isDirectory) {
        case .volume(let key): parts.append([VolumeName.prefix] + key)
        case .fanout(let key, let number): parts += [[VolumeName.prefix] + key, Fanout(number).directoryName]
        case .object(let key, let number, let name):
          parts += [[VolumeName.prefix] + key, Fanout(number).directoryName, name]
          try hold(!isDirectory, "a directory in the place of an object")
        case .other: continue
        }
        let path = Array(parts.joined(separator: [slash]))
        try hold(path == input || isDirectory && path + [slash] == input, "a path that the stream does not have")
        for part in parts { try hold(EntryName(part) != nil, "a part that is no name") }
      }
    }

    private static func cachePath(_ input: [UInt8]) throws {
      let path = CachePath(input)
      try hold(path.components.allSatisfy { !$0.isEmpty && !$0.contains(slash) }, "a component that is none")
      if let name = path.name, !path.isRoot {
        let parent = path.parent
        if parent.isRoot == !input.contains(slash) {
          // A slash that stands twice is one; where it stood between the two, only the components tell.
          try hold(parent.appending(name.bytes).components == path.components, "a parent with another child")
        }
      }
      try hold(path.ancestors.allSatisfy { input.starts(with: $0.bytes) }, "an ancestor elsewhere")
      try hold(
        CachePath(path.bytes(below: Array("/r".utf8)), below: Array("/r".utf8)).components == path.components, "below")
      if let key = path.volumeKey {
        try hold(path.components.count > 1 && path.components[1] == [VolumeName.prefix] + key, "another volume")
      }
      _ = path.place
      _ = path.isInLegacyTree
    }

    private static func location(_ input: [UInt8]) throws {
      guard let location = ObjectLocation(input) else { return }
      try hold(input.starts(with: location.root), "a root that the path does not begin with")
      let again = ObjectLocation(location.path)
      try hold(again?.path == location.path && again?.root == [], "another path for the same object")
      let place = CachePath(location.path).place
      try hold(place == .object || place == .legacy, "no object by its place")
    }

    private static func legacy(_ input: [UInt8]) throws {
      let components = input.split(separator: slash, omittingEmptySubsequences: false).map { Array($0) }
      for order in [nil] + ByteOrder.allCases.map(Optional.init) {
        guard let path = try? LegacyPath(components: components, byteOrder: order) else { continue }
        try hold(path.levels.count <= components.count, "more levels than components")
        for level in path.levels {
          try Fields.check(level.fields)
          try hold(level.name.key.count <= 65535, "too long a key")
        }
      }
      _ = StorePath(input.span)
    }
  }
#endif
