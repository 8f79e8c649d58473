// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep
import LinuxIO
import SystemPackage

/// A file that lists objects by their paths, one a line, as these tools print them.
enum PinManifest {
  private static let sizeLimit = 1 << 30

  /// Whether the path of a list stands for another one each time: `/dev/stdin`, and what shells give for a process.
  static func isNameless(_ path: [UInt8]) -> Bool {
    path == Array("/dev/stdin".utf8) || path.starts(with: Array("/dev/fd/".utf8))
      || path.starts(with: Array("/proc/".utf8))
      || (try? FileStatus.of(FilePath(bytes: path)))?.kind != .regular
  }

  /// Reads a list: blank lines and those that start with `#` are left out. A line that is no path of an object in this cache is an error,
  /// and nothing is pinned: a name that no kernel makes, or in another directory than its own, is a slip, and what it was to keep is not known.
  static func pin(_ path: [UInt8], in store: borrowing Store) throws(Failure) -> Pin {
    try pin(path) { (root) throws(Failure) in
      do throws(Errno) { if try store.isRoot(FilePath(bytes: root)) { return nil } } catch {
        return "in a directory that cannot be opened: \(error)"
      }
      return "not in the cache directory \(EscapedBytes.string(store.path))"
    }
  }

  /// The same.
  ///
  /// - Parameter objection: what speaks against a root that a line names; nil where it is the cache's.
  static func pin(_ path: [UInt8], toRoot objection: ([UInt8]) throws(Failure) -> String?) throws(Failure) -> Pin {
    let bytes: [UInt8]
    do throws(Errno) { bytes = try UserFile.read(FilePath(bytes: path), limit: sizeLimit) } catch {
      throw Failure("\(EscapedBytes.string(path)): cannot read the list: \(error)")
    }
    var objects: [Pin.Object] = []
    var root: [UInt8] = []
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if text.isEmpty || text.first == UInt8(ascii: "#") { continue }
      func failure(_ reason: String) -> Failure {
        let place = "\(EscapedBytes.string(path)): line \(index + 1)"
        return Failure("\(place): \(EscapedBytes.quoted(Array(text))) is \(reason)")
      }
      guard let location = ObjectLocation(EscapedBytes.unescape(Array(text).span)) else {
        throw failure("no path of an object: cache/I…/@xx/name")
      }
      if let reason = Self.objection(to: CachePath(location.path)) { throw failure(reason) }
      if !location.root.isEmpty, location.root != root {
        if let reason = try objection(location.rootPath) { throw failure(reason) }
        root = location.root
      }
      objects.append(Pin.Object(path: location.path))
    }
    guard !objects.isEmpty else { throw Failure("\(EscapedBytes.string(path)): no object in it") }
    return Pin(.manifest, path: try PinMaker.absolute(path), objects: objects)
  }

  /// Why no kernel ever has an object there; nil where one may.
  private static func objection(to path: CachePath) -> String? {
    let none = "no path of an object: "
    if path.volumeKey == nil { return none + "cache/I…/@xx/name" }
    var placement = PlacementJudge()
    switch placement.judge(path) {
    case nil: return nil
    case .noKey, .notMade: return none + "no kernel makes such a name"
    case .elsewhere(let own): return none + "its directory would be \(EscapedBytes.string(own.directoryName))"
    }
  }
}
