// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
import FoundationEssentials
import LinuxIO
package import SystemPackage

/// A list of files in a file: one path a line as these tools print them, or as they are with a NUL behind each, or JSON lines that
/// have them as `path` or `file`.
package struct PathList: Sendable, Equatable {
  /// The paths, in the order of the list.
  package private(set) var paths: [[UInt8]] = []
  /// JSON lines that name no path: objects whose files are not known.
  package private(set) var nameless = 0

  /// A list of more bytes is none.
  private static let sizeLimit = 1 << 30

  /// A JSON line, as far as it matters.
  private struct Line: Decodable {
    var path: String?
    var file: String?
  }

  /// Reads a list.
  ///
  /// - Parameter isNull: whether a NUL ends each path.
  /// - Throws: ``StoreError`` when it cannot be read, or a line is not understood.
  package init(_ path: FilePath, isNull: Bool) throws(StoreError) {
    let text: [UInt8]
    do throws(Errno) { text = try UserFile.read(path, limit: Self.sizeLimit) } catch {
      throw StoreError(path: path.bytes, operation: "read the list", error: error)
    }
    if isNull {
      paths = text.split(separator: 0).map { Array($0) }
      return
    }
    let isJSON = text.first { $0 > 32 } == UInt8(ascii: "{")
    for (number, line) in text.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
      let bare = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if bare.isEmpty || !isJSON && bare.first == UInt8(ascii: "#") { continue }
      guard isJSON else {
        paths.append(EscapedBytes.unescape(Array(bare).span))
        continue
      }
      guard let value = try? JSONDecoder().decode(Line.self, from: Data(bare)) else {
        throw StoreError(
          path: path.bytes, operation: "understand line \(number + 1) of the list", error: .invalidArgument)
      }
      if let name = value.path ?? value.file {
        paths.append(EscapedBytes.unescape(Array(name.utf8).span))
      } else {
        nameless += 1
      }
    }
  }
}
