// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import SystemPackage

/// Paths of entries, as other commands print them.
struct EntryPath {
  /// The cache that relative paths are also looked for below.
  let root: [UInt8]
  /// Whether the user named that cache: then it comes before the current directory.
  let isNamed: Bool

  /// - Parameter directory: the cache that the user named; nil for that of this machine.
  init(below directory: ByteArgument?) {
    root =
      directory?.bytes ?? (try? DaemonConfiguration.read(DaemonConfiguration.defaultPath))?.directory
      ?? DaemonConfiguration.defaultDirectory.bytes
    isNamed = directory != nil
  }

  /// The places where an entry is looked for: the path as it is given, and a relative one also below the cache, as
  /// `cache/I…/@xx/name`, `I…/@xx/name`, or the volume's key and what is below it; an object also without its fanout directory.
  func places(_ given: [UInt8]) -> [[UInt8]] { Self.forms(given).flatMap(placesOfBytes) }

  /// A path as it is given, and what it stands for where it is as everything is printed: `\xHH` for a byte that is not printable.
  static func forms(_ given: [UInt8]) -> [[UInt8]] {
    let plain = EscapedBytes.unescape(given.span)
    return plain == given ? [given] : [given, plain]
  }

  private func placesOfBytes(_ given: [UInt8]) -> [[UInt8]] {
    guard let first = given.first, first != UInt8(ascii: "/") else { return [given] }
    let object = Self.belowRoot(given).map { [root.appending(path: $0)] } ?? []
    let below = ["", "cache/", "cache/I"].map { root.appending(path: Array($0.utf8) + given) } + object
    return isNamed ? below + [given] : [given] + below
  }

  /// `cache/I…/@xx/name` for an object that is given by its volume and name, the volume with or without its `I`, the fanout
  /// directory given or not: it follows from both. Nil for everything else.
  static func belowRoot(_ given: [UInt8]) -> [UInt8]? {
    let slash = UInt8(ascii: "/")
    var parts = given.split(separator: slash, omittingEmptySubsequences: false).map { Array($0) }
    guard 2...3 ~= parts.count, !parts.contains([]), parts.count == 2 || Fanout(directoryName: parts[1]) != nil else {
      return nil
    }
    let name = parts[parts.count - 1]
    let volume = VolumeName.key(ofName: parts[0]) ?? parts[0]
    if parts.count == 2 {
      var key: [UInt8] = []
      guard let decoded = try? ObjectName.decode(name.span, into: &key), decoded.defect == nil else { return nil }
      parts = [parts[0], KeyHash(cookieKey: key.span, in: KeyHash(volumeKey: volume.span)).fanout.directoryName, name]
    }
    parts[0] = [VolumeName.prefix] + volume
    return Array(([Store.cacheName.bytes] + parts).joined(separator: [slash]))
  }

  /// The first of the places where there is something.
  ///
  /// - Throws: ``StoreError`` for the path as it was given, when there is nothing anywhere.
  func inspect(_ given: [UInt8]) throws(StoreError) -> Inspection {
    var failure: StoreError?
    for place in places(given) {
      do throws(StoreError) { return try Inspection(path: FilePath(bytes: place)) } catch {
        if place == given || failure == nil { failure = error }
        // What is there and cannot be looked at is not looked for elsewhere.
        guard error.isAbsence else { break }
      }
    }
    throw note(failure, given)
  }

  /// The first of the places where there is something.
  ///
  /// - Throws: ``StoreError`` for the path as it was given, when there is nothing anywhere.
  func existing(_ given: [UInt8]) throws(StoreError) -> [UInt8] {
    for place in places(given) {
      do throws(Errno) {
        _ = try FileStatus.of(FilePath(bytes: place))
        return place
      } catch {
        if !error.isAbsence { return place }
      }
    }
    throw note(StoreError(path: given, operation: "open", error: .noSuchFileOrDirectory), given)
  }

  /// What could not be found, with the other place where it was looked for.
  private func note(_ failure: StoreError?, _ given: [UInt8]) -> StoreError {
    var error = failure ?? StoreError(path: given, operation: "look at", error: .noSuchFileOrDirectory)
    guard error.isAbsence, given.first != UInt8(ascii: "/") else { return error }
    error.path = given
    error.operation = "find"
    let place = EscapedBytes.string(root)
    error.note = isNamed ? "nor is it below \(place)" : "nor is it below \(place); --dir names another cache"
    return error
  }
}

extension StoreError {
  /// Whether there is nothing of that name.
  fileprivate var isAbsence: Bool { error.isAbsence }
}

extension Errno {
  /// Whether it says that there is nothing of a name; a name that is printed with `\xHH` may be longer than any can be.
  fileprivate var isAbsence: Bool {
    self == .noSuchFileOrDirectory || self == .notDirectory || self == .fileNameTooLong
  }
}
