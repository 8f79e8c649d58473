// SPDX-License-Identifier: Apache-2.0
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
