// SPDX-License-Identifier: Apache-2.0
import CCaptures
import CachefilesFormat
package import LinuxIO

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
  /// Last access.
  package let accessTime: Timestamp
  /// Last change of the data.
  package let modificationTime: Timestamp
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
    accessTime = try values.decode(Timestamp.self, forKey: .atime)
    modificationTime = try values.decode(Timestamp.self, forKey: .mtime)
    let attributes = try values.decodeIfPresent([String: String].self, forKey: .xattrs) ?? [:]
    attribute = try attributes["user.CacheFiles.cache"].map { try Hex.bytes(Array($0.utf8).span) }
    data = try values.decodeIfPresent([[Int64]].self, forKey: .data) ?? []
  }
}
