// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO

/// A value in a journal: bytes in memory, hex in the file.
struct JournalBytes: Codable, Equatable {
  var bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  init(from decoder: any Decoder) throws {
    bytes = try Hex.bytes(Array(try decoder.singleValueContainer().decode(String.self).utf8).span)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(Hex.string(bytes))
  }
}
