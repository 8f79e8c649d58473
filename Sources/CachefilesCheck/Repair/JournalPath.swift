// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO

/// The path of a cache in a journal: bytes in memory, escaped text in the file.
struct JournalPath: Codable, Hashable {
  var bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  init(from decoder: any Decoder) throws {
    bytes = EscapedBytes.unescape(Array(try decoder.singleValueContainer().decode(String.self).utf8).span)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(EscapedBytes.string(bytes))
  }
}
