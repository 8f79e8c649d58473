// SPDX-License-Identifier: Apache-2.0

/// One line of `/proc/fs/fscache/volumes`: a volume that a netfs has acquired.
///
/// `volume references cookies accesses flags cache key` in fixed columns, made by `fscache_volumes_seq_show`
/// (fs/fscache/volume.c, from 6.8 fs/netfs/fscache_volume.c). The key is the whole rest of the line: it may hold
/// spaces.
public struct VolumeLine: Equatable, Sendable {
  /// The volume's number in this boot.
  public var volume: UInt32
  /// References to the volume.
  public var references: Int
  /// Cookies of the volume.
  public var cookies: Int
  /// Accesses to the cache that are under way, and one that the cache itself holds as long as it has the volume's
  /// directory (`cachefiles_acquire_volume`, fs/cachefiles/volume.c).
  public var accesses: Int
  /// Bits, see ``flagNames``.
  public var flags: UInt64
  /// The name of the cache, cut to 15 bytes; `-` when there is none.
  public var cacheName: [UInt8]
  /// The volume key.
  public var key: [UInt8]

  /// The kernel's names of the flags, bit 0 first: `FSCACHE_VOLUME_*` (include/linux/fscache.h).
  public static let flagNames = ["relinquished", "invalidate", "collided with", "acquire pending", "creating"]

  /// The names of the flags that are set; bits without a name as one hexadecimal number.
  public var setFlags: [String] { LineFlags.names(of: flags, in: Self.flagNames) }

  /// Whether the kernel is about to make the volume's directory, or waits to do it.
  public var isBeingMade: Bool { flags & 0b11000 != 0 }

  /// Whether the line names a cache.
  public var namesCache: Bool { cacheName != [UInt8(ascii: "-")] }

  /// Whether the kernel has refused the volume's directory: the line names a cache all the same, but the cache holds no
  /// access to the volume, and nothing of it is cached (measured on 6.1, 6.12 and 7.2).
  public var isRefused: Bool { namesCache && accesses == 0 && cookies > 0 && !isBeingMade }

  /// The width of the column with the name of the cache, in bytes.
  public static let cacheNameWidth = 15

  /// Why a line is no volume.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// One of the two lines above the table.
    case heading
    /// A column that is not what the kernel prints there.
    case badColumn(name: String, text: [UInt8])
    /// The columns do not stand where the kernel puts them, so that the key's first byte is not known.
    case shifted

    /// The failure as one line.
    public var description: String {
      switch self {
      case .heading: "a heading of the table"
      case .badColumn(let name, let text):
        text.isEmpty ? "the column \(name) is missing" : "the column \(name) is \(EscapedBytes.quoted(text))"
      case .shifted: "no blank stands before the key: the line must be pasted with all its spaces"
      }
    }
  }

  /// Reads a line, with its spaces as the kernel printed them.
  ///
  /// - Throws: ``Failure`` when it is a heading, or a column is not what the kernel prints there.
  public init(parsing line: Span<UInt8>) throws(Failure) {
    var reader = LineReader(line)
    let first = reader.word()
    if first == Array("VOLUME".utf8) || first.starts(with: Array("====".utf8)) { throw .heading }
    guard let volume = LineNumber.hexadecimal(first, digits: 8) else { throw .badColumn(name: "VOLUME", text: first) }
    self.volume = UInt32(truncatingIfNeeded: volume)
    references = try Self.decimal("REF", reader.word())
    cookies = try Self.decimal("nCOOK", reader.word())
    accesses = try Self.decimal("ACC", reader.word())
    let bits = reader.word()
    guard let flags = LineNumber.hexadecimal(bits, digits: 16) else { throw .badColumn(name: "FL", text: bits) }
    self.flags = flags
    guard reader.bytes(1) != nil, let name = reader.bytes(Self.cacheNameWidth) else {
      throw .badColumn(name: "CACHE", text: [])
    }
    cacheName = name
    while cacheName.last == 32 { cacheName.removeLast() }
    guard let blank = reader.bytes(1) else { throw .badColumn(name: "KEY", text: []) }
    guard blank == [32], name.first != 32 else { throw .shifted }
    key = reader.bytes(reader.remaining) ?? []
  }

  private static func decimal(_ name: String, _ word: [UInt8]) throws(Failure) -> Int {
    guard let value = LineNumber.decimal(word) else { throw .badColumn(name: name, text: word) }
    return value
  }
}
