// SPDX-License-Identifier: Apache-2.0

/// One line of `/proc/fs/fscache/caches`: a cache that the kernel has, or that volumes are waiting for.
///
/// `cache references volumes objects accesses state name`, made by `fscache_caches_seq_show` (fs/fscache/cache.c, from
/// 6.8 fs/netfs/fscache_cache.c). Kernels before 5.17 have no such file.
public struct CacheLine: KernelTableLine {
  /// The state of a cache: `fscache_cache_states`.
  public enum State: UInt8, Sendable, CaseIterable {
    /// `-`: no cache of this name is bound; volumes were acquired before it.
    case absent = 0x2d
    /// `P`: being bound.
    case preparing = 0x50
    /// `A`: in use.
    case active = 0x41
    /// `E`: an I/O error stopped it; nothing is cached until it is bound again.
    case stopped = 0x45
    /// `W`: being withdrawn, its daemon is gone.
    case withdrawn = 0x57

    /// The state in words.
    public var name: String {
      switch self {
      case .absent: "not bound"
      case .preparing: "being bound"
      case .active: "active"
      case .stopped: "stopped by an I/O error"
      case .withdrawn: "withdrawn"
      }
    }
  }

  /// The cache's number in this boot.
  public var cache: UInt32
  /// References to the cache.
  public var references: Int
  /// Volumes of the cache.
  public var volumes: Int
  /// Objects of the cache that the kernel has open.
  public var objects: Int
  /// Accesses to the cache that are under way; 1 of them is the cache's own.
  public var accesses: Int
  /// What is being done with it.
  public var state: State
  /// The name, that is the `tag` of its configuration; `-` when it has none.
  public var name: [UInt8]

  /// Why a line is no cache.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// One of the two lines above the table.
    case heading
    /// A column that is not what the kernel prints there.
    case badColumn(name: String, text: [UInt8])

    /// The failure as one line.
    public var description: String {
      switch self {
      case .heading: "a heading of the table"
      case .badColumn(let name, let text):
        text.isEmpty ? "the column \(name) is missing" : "the column \(name) is \(EscapedBytes.quoted(text))"
      }
    }
  }

  /// Whether a line was refused because it is one of the two headings.
  public static func isHeading(_ failure: Failure) -> Bool { failure == .heading }

  /// Reads a line, with or without its line feed. The name is the whole rest of the line: it may hold blanks.
  ///
  /// - Throws: ``Failure`` when it is a heading, or a column is not what the kernel prints there.
  public init(parsing line: Span<UInt8>) throws(Failure) {
    var reader = LineReader(line)
    let first = reader.word()
    if first == Array("CACHE".utf8) || first.starts(with: Array("====".utf8)) { throw .heading }
    guard let cache = LineNumber.hexadecimal(first, digits: 8) else { throw .badColumn(name: "CACHE", text: first) }
    self.cache = UInt32(truncatingIfNeeded: cache)
    references = try Self.decimal("REF", reader.word())
    volumes = try Self.decimal("VOLS", reader.word())
    objects = try Self.decimal("OBJS", reader.word())
    accesses = try Self.decimal("ACCES", reader.word())
    let letter = reader.word()
    guard letter.count == 1, let state = State(rawValue: letter[0]) else { throw .badColumn(name: "S", text: letter) }
    self.state = state
    guard reader.bytes(1) == [32], let name = reader.bytes(reader.remaining), !name.isEmpty else {
      throw .badColumn(name: "NAME", text: [])
    }
    self.name = name
  }

  private static func decimal(_ name: String, _ word: [UInt8]) throws(Failure) -> Int {
    guard let value = LineNumber.decimal(word) else { throw .badColumn(name: name, text: word) }
    return value
  }
}
