import CCaptures
import CachefilesFormat
import FoundationEssentials

/// A cache that a real kernel made, embedded in the program: everything but the data bytes.
package struct CapturedCache: Sendable {
  /// How users name it: the kernel's series and what is special.
  package let name: String
  /// The kernel's release.
  package let kernel: String
  /// What was cached.
  package let description: String
  private let index: Int

  /// All captures, oldest kernel first.
  package static let all: [CapturedCache] = (0..<captured_cache_count).map { index in
    let raw = captured(at: index)
    return CapturedCache(
      name: String(cString: raw.name), kernel: String(cString: raw.kernel),
      description: String(cString: raw.description), index: index)
  }

  /// The capture with this name.
  package init?(named name: String) {
    guard let match = Self.all.first(where: { $0.name == name }) else { return nil }
    self = match
  }

  private init(name: String, kernel: String, description: String, index: Int) {
    self.name = name
    self.kernel = kernel
    self.description = description
    self.index = index
  }

  private static func captured(at index: Int) -> captured_cache { captured_cache_at(index).pointee }

  /// The capture as it was written: one JSON object a line.
  package var lines: [UInt8] {
    let raw = Self.captured(at: index)
    return Array(UnsafeBufferPointer(start: raw.bytes, count: raw.size))
  }

  /// The entries, each directory before what is in it.
  ///
  /// - Throws: `DecodingError` when a line is not what ``CapturedEntry`` reads.
  package func entries() throws -> [CapturedEntry] {
    let decoder = JSONDecoder()
    return try lines.split(separator: UInt8(ascii: "\n")).map { line in
      try decoder.decode(CapturedEntry.self, from: Data(line))
    }
  }
}

/// One entry of a captured cache.
package struct CapturedEntry: Decodable, Sendable {
  /// The kinds that captures hold.
  package enum Kind: String, Decodable, Sendable {
    case directory = "dir"
    case file
    case symlink
    case other
  }

  /// The path below the root; `.` for the root.
  package let path: String
  /// What it is.
  package let kind: Kind
  /// The permission bits.
  package let permissions: UInt16
  /// The length in bytes.
  package let size: Int64
  /// 512-byte blocks that it occupied there.
  package let blocks: UInt64
  /// Last access, nanoseconds since 1970.
  package let accessTime: Int64
  /// Last change of the data, nanoseconds since 1970.
  package let modificationTime: Int64
  /// The cache attribute.
  package let attribute: [UInt8]?
  /// The runs of data: offset and length in bytes.
  package let data: [[Int64]]

  private enum Key: String, CodingKey {
    case path
    case type
    case mode
    case size
    case blocks
    case atime = "atime_ns"
    case mtime = "mtime_ns"
    case xattrs
    case data
  }

  /// Reads one line of a capture.
  ///
  /// - Throws: `DecodingError`, or `Hex.Failure` for an attribute that is not hexadecimal.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    path = try values.decode(String.self, forKey: .path)
    kind = try values.decode(Kind.self, forKey: .type)
    permissions = UInt16(try values.decode(String.self, forKey: .mode), radix: 8) ?? 0
    size = try values.decode(Int64.self, forKey: .size)
    blocks = try values.decode(UInt64.self, forKey: .blocks)
    accessTime = try values.decode(Int64.self, forKey: .atime)
    modificationTime = try values.decode(Int64.self, forKey: .mtime)
    let attributes = try values.decodeIfPresent([String: String].self, forKey: .xattrs) ?? [:]
    attribute = try attributes["user.CacheFiles.cache"].map { try Hex.bytes(Array($0.utf8).span) }
    data = try values.decodeIfPresent([[Int64]].self, forKey: .data) ?? []
  }
}
