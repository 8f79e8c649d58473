// SPDX-License-Identifier: Apache-2.0

/// What a path into a cache directory names, judged by its components alone: nothing is looked up.
///
/// ```
/// cache/I<volume key>/@<fanout>/<object name>
/// cache/@<sum>/I03nfs/@<sum>/…              before 5.17
/// graveyard/<time and counter>/…
/// ```
public enum StorePath: Equatable, Sendable {
  /// An object: the volume key, the fanout directory's name and the object's name.
  case object(volumeKey: [UInt8], fanout: [UInt8], name: [UInt8])
  /// A fanout directory.
  case fanout(volumeKey: [UInt8], fanout: [UInt8])
  /// A volume directory.
  case volume(key: [UInt8])
  /// A part of the layout before 5.17: the components from the first `@xx` on.
  case legacy(components: [[UInt8]])
  /// Something in the graveyard: the components after `graveyard`.
  case buried(components: [[UInt8]])
  /// A single component that is none of the above: perhaps an object's name.
  case bare(name: [UInt8])
  /// Anything else.
  case other

  /// Reads a path, absolute or relative, that may start anywhere.
  public init(_ path: Span<UInt8>) {
    var components: [[UInt8]] = []
    var current: [UInt8] = []
    for index in 0...path.count {
      if index < path.count, path[index] != UInt8(ascii: "/") {
        current.append(path[index])
        continue
      }
      if !current.isEmpty, current != [UInt8(ascii: ".")] { components.append(current) }
      current.removeAll(keepingCapacity: true)
    }
    self.init(components: components)
  }

  /// Reads the components of a path.
  public init(components: [[UInt8]]) {
    if let buried = Self.components(after: "graveyard", in: components), !buried.isEmpty {
      self = .buried(components: buried)
      return
    }
    let below = Self.components(after: "cache", in: components) ?? components
    if let first = below.firstIndex(where: { Fanout(directoryName: $0) != nil }),
      first == 0 || below[first - 1].first != VolumeName.prefix, Self.looksLegacy(below[first...])
    {
      self = .legacy(components: Array(below[first...]))
      return
    }
    let count = below.count
    if count >= 3, let volume = VolumeName.key(ofName: below[count - 3]),
      Fanout(directoryName: below[count - 2]) != nil
    {
      self = .object(volumeKey: volume, fanout: below[count - 2], name: below[count - 1])
    } else if count >= 2, let volume = VolumeName.key(ofName: below[count - 2]),
      Fanout(directoryName: below[count - 1]) != nil
    {
      self = .fanout(volumeKey: volume, fanout: below[count - 1])
    } else if count >= 1, let volume = VolumeName.key(ofName: below[count - 1]) {
      self = .volume(key: volume)
    } else if components.count == 1 {
      self = .bare(name: components[0])
    } else {
      self = .other
    }
  }

  /// The components after the last one with a name that is followed by something of the cache.
  private static func components(after name: StaticString, in components: [[UInt8]]) -> [[UInt8]]? {
    guard
      let index = components.lastIndex(where: { component in
        component.count == name.utf8CodeUnitCount && String(decoding: component, as: UTF8.self) == "\(name)"
      })
    else { return nil }
    return Array(components[(index + 1)...])
  }

  /// Whether `@xx` is followed by an index directory (`I…` or `J…`) or, deeper, alternates with such.
  private static func looksLegacy(_ components: ArraySlice<[UInt8]>) -> Bool {
    guard components.count >= 2 else { return true }
    let next = components[components.startIndex + 1]
    return next.first == UInt8(ascii: "I") || next.first == UInt8(ascii: "J")
  }
}
