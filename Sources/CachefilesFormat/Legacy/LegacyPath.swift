// SPDX-License-Identifier: Apache-2.0

/// A path in a tree of the layout before Linux 5.17, read level by level.
///
/// Below `cache/` directories `@xx` and names alternate: netfs, then whatever levels the netfs has, then the file.
public struct LegacyPath: Equatable, Sendable {
  /// One cookie of the path.
  public struct Level: Equatable, Sendable {
    /// The name.
    public var name: LegacyName
    /// The directory that the name stands in; nil when the path starts at the name.
    public var fanout: Fanout?
    /// The place in the tree of the netfs.
    public var role: LegacyRole
    /// The netfs that the path starts with; unknown when it starts further down.
    public var type: NetfsType
    /// The order of the machine that wrote the cache, nil when neither the path nor the caller tells.
    public var byteOrder: ByteOrder?
    /// Whether netfs and role were told by the form of the key, as no netfs stands above it.
    public var isInferred = false

    /// Whether the name stands in the directory that its sum gives; nil when that directory is not known.
    public var isInPlace: Bool? { fanout.map { $0 == name.fanout } }

    /// The facts of the key in reading order; both readings where the byte order is not known and matters.
    public var fields: [NetfsField] {
      read { LegacyKeys.fields(name.key.span, role, in: type, $0) }
    }

    /// The facts of the record that belongs to the cookie.
    public func fields(of record: LegacyRecord) -> [NetfsField] {
      guard case .cookie(_, let coherency) = record else { return [] }
      return read { LegacyCoherency.fields(coherency.span, role, in: type, $0) }
    }

    private func read(_ reading: (ByteOrder) -> [NetfsField]) -> [NetfsField] {
      if let byteOrder { return reading(byteOrder) }
      let little = reading(.little)
      let big = reading(.big)
      // A family that only one order knows leaves lists of different fields.
      if little.map(\.name) != big.map(\.name) { return little.count > big.count ? little : big }
      return OrderSensitiveField.both(little: little, big: big)
    }
  }

  /// The cookies, outermost first.
  public var levels: [Level]
  /// A last directory `@xx` without a name in it.
  public var lastFanout: Fanout?

  /// Why components are no path of the old layout.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// No component is of the old layout.
    case nothing
    /// A component that is neither a directory `@xx` nor a name.
    case badComponent(name: [UInt8], reason: String)

    /// The failure as one line.
    public var description: String {
      switch self {
      case .nothing: "no component of the old layout"
      case .badComponent(let name, let reason): "\(EscapedBytes.quoted(name)): \(reason)"
      }
    }
  }

  /// Reads the components of a path. It may start anywhere: what comes before the first component of the old layout is
  /// left out, and below the first level of the tree the netfs stays unknown.
  ///
  /// - Parameters:
  ///   - components: the path, split at slashes.
  ///   - byteOrder: the order of the machine that wrote the cache, where known; names in base64 tell it themselves.
  /// - Throws: ``Failure`` when no component is of the old layout, or one after the first is not.
  public init(components: [[UInt8]], byteOrder: ByteOrder? = nil) throws(Failure) {
    let start = components.firstIndex { component in
      Fanout(directoryName: component.span) != nil || component.first == UInt8(ascii: "+")
        || (try? LegacyName(parsing: component.span)) != nil
    }
    guard let start else { throw .nothing }
    levels = []
    var pieces: [[UInt8]] = []
    for component in components[start...] {
      if pieces.isEmpty, let fanout = Fanout(directoryName: component.span) {
        if lastFanout != nil { throw .badComponent(name: component, reason: "a second directory without a name") }
        lastFanout = fanout
        continue
      }
      pieces.append(component)
      if component.first == UInt8(ascii: "+") { continue }
      let name: LegacyName
      do throws(LegacyName.Failure) {
        name = try LegacyName(pieces: pieces)
      } catch {
        throw .badComponent(name: component, reason: error.description)
      }
      levels.append(Level(name: name, fanout: lastFanout, role: .unknown, type: .unknown, byteOrder: byteOrder))
      pieces = []
      lastFanout = nil
    }
    if let piece = pieces.last { throw .badComponent(name: piece, reason: "no piece with a letter follows") }
    assignRoles(byteOrder)
  }

  /// The netfs, unknown when the path starts below its level.
  public var type: NetfsType { levels.first?.type ?? .unknown }

  /// The netfs, and how many levels of its tree stand above the first one, by the form of that one's key.
  private func inferAbove() -> (type: NetfsType, missing: Int)? {
    guard let first = levels.first?.name, let guess = LegacyKeys.guess(first.key.span, first.kind),
      let place = LegacyRole.levels(of: guess.0).firstIndex(of: guess.1)
    else { return nil }
    return (guess.0, place + 1)
  }

  private mutating func assignRoles(_ given: ByteOrder?) {
    let proven = levels.compactMap(\.name.byteOrder).first
    var type = NetfsType.unknown
    if let first = levels.first?.name, first.kind == .index, first.form == .text {
      type = NetfsType(rawValue: String(decoding: first.key, as: UTF8.self)) ?? .unknown
    }
    let above = type == .unknown ? inferAbove() : nil
    if let above { type = above.type }
    let below = LegacyRole.levels(of: type)
    for index in levels.indices {
      levels[index].type = below.isEmpty ? .unknown : type
      levels[index].byteOrder = levels[index].name.byteOrder ?? proven ?? given
      guard !below.isEmpty else { continue }
      let place = index + (above?.missing ?? 0)
      levels[index].role = place == 0 ? .netfs : place <= below.count ? below[place - 1] : .unknown
      levels[index].isInferred = above != nil
    }
  }
}
