import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// The patterns of a file that says what is to stay.
struct ProtectedPatterns: Sendable {
  private let patterns: [[UInt8]]

  /// Reads a file: a pattern a line, blank lines and what follows a `#` at the start of a line left out.
  init(_ path: FilePath) throws(Failure) {
    let bytes: [UInt8]
    do throws(Errno) { bytes = try SmallFile.read(path, limit: .max) } catch {
      throw Failure("\(EscapedBytes.string(path.bytes)): cannot read the patterns: \(error)")
    }
    patterns = bytes.split(separator: UInt8(ascii: "\n")).map { Array($0) }.filter { line in
      line.first != UInt8(ascii: "#") && line.contains { $0 != 0x20 && $0 != 0x09 }
    }
  }

  /// Whether an object is to stay, by its path below the root: `cache/I<volume key>/@xx/<name>`.
  func match(path: [UInt8]) -> Bool {
    let components = path.split(separator: UInt8(ascii: "/"), maxSplits: 3, omittingEmptySubsequences: false)
    guard components.count == 4 else { return patterns.contains { Glob.matches($0, path) } }
    let key = Array(components[1].dropFirst())
    let named = key + [UInt8(ascii: "/")] + components[3]
    let summary = Array(NetfsVolume(volumeKey: key.span, byteOrder: .host).summary.utf8)
    return patterns.contains {
      Glob.matches($0, path) || Glob.matches($0, named) || Glob.matches($0, summary)
    }
  }
}
