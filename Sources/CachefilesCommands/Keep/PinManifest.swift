// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep
import LinuxIO
import SystemPackage

/// A file that lists objects by their paths, one a line, as these tools print them.
enum PinManifest {
  private static let sizeLimit = 1 << 30

  /// Reads a list: blank lines and those that start with `#` are left out. A line that is no path of an object is an error, and
  /// nothing is pinned.
  static func pin(_ path: [UInt8]) throws(Failure) -> Pin {
    let bytes: [UInt8]
    do throws(Errno) { bytes = try UserFile.read(FilePath(bytes: path), limit: sizeLimit) } catch {
      throw Failure("\(EscapedBytes.string(path)): cannot read the list: \(error)")
    }
    var objects: [Pin.Object] = []
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if text.isEmpty || text.first == UInt8(ascii: "#") { continue }
      guard let location = ObjectLocation(EscapedBytes.unescape(Array(text).span)),
        CachePath(location.path).volumeKey != nil
      else {
        let shown = EscapedBytes.quoted(Array(text))
        throw Failure(
          "\(EscapedBytes.string(path)): line \(index + 1): \(shown) is no path of an object: cache/I…/@xx/name")
      }
      objects.append(Pin.Object(path: location.path))
    }
    guard !objects.isEmpty else { throw Failure("\(EscapedBytes.string(path)): no object in it") }
    return Pin(.manifest, path: try PinMaker.absolute(path), objects: objects)
  }
}
