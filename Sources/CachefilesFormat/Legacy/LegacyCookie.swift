// SPDX-License-Identifier: Apache-2.0

/// A cookie of a kernel before 5.17, of which a log or a table tells the key but no name.
public struct LegacyCookie: Equatable, Sendable {
  /// The cookie key.
  public var key: [UInt8]
  /// What the netfs calls such cookies, where it was printed.
  public var definition: LegacyDefinition?
  /// The coherency data that was printed with it, empty where none was.
  public var coherency: [UInt8]
  /// The names that the cookie can have: one where it is known whether it is an index or data, else that of an index
  /// and that of data, which differ in the first letter.
  public var levels: [LegacyPath.Level]

  /// Makes the names of a key.
  ///
  /// - Parameters:
  ///   - key: the cookie key as it was printed, in bytes.
  ///   - definition: what the log calls the cookie, where it does.
  ///   - coherency: the coherency data that was printed behind the key; empty where there was none.
  ///   - byteOrder: the order of the machine, which is part of the name; this machine's where it is not known.
  public init(
    key: [UInt8], definition: LegacyDefinition? = nil, coherency: [UInt8] = [], byteOrder: ByteOrder? = nil
  ) {
    self.key = key
    self.definition = definition
    self.coherency = coherency
    let kinds = definition?.kind.map { [$0] } ?? [.index, .data]
    levels = kinds.compactMap { kind in
      let bytes = LegacyName.name(of: key, kind: kind, byteOrder: byteOrder ?? .host)
      guard let name = try? LegacyName(parsing: bytes.span) else { return nil }
      var level = LegacyPath.Level(
        name: name, fanout: nil, role: definition?.role ?? .unknown, type: definition?.type ?? .unknown,
        byteOrder: name.byteOrder ?? byteOrder)
      if definition?.kind == nil, let guess = LegacyKeys.guess(key.span, kind) {
        (level.type, level.role) = guess
        level.isInferred = true
      }
      return level
    }
  }

  /// The place of the first name in its parent's directory: `@xx/name`.
  public var paths: [[UInt8]] {
    levels.map { level in
      level.name.fanout.directoryName + [UInt8(ascii: "/")]
        + LegacyName.name(of: key, kind: level.name.kind, byteOrder: level.name.byteOrder ?? .host)
    }
  }

  /// What the coherency data says.
  public var coherencyFields: [NetfsField] {
    guard !coherency.isEmpty, let level = levels.first else { return [] }
    return level.fields(of: .cookie(type: 1, coherency: coherency))
  }
}
