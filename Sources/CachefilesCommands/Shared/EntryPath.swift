// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import SystemPackage

/// Paths of entries, as other commands print them.
enum EntryPath {
  /// The places where an entry is looked for: the path as it is given, and a relative one also below the cache of this machine, as
  /// `cache/I…/@xx/name`, `I…/@xx/name`, or the volume's key and what is below it; an object also without its fanout directory.
  static func places(_ given: [UInt8]) -> [[UInt8]] {
    guard given.first != UInt8(ascii: "/") else { return [given] }
    let configured = (try? DaemonConfiguration.read(DaemonConfiguration.defaultPath))?.directory
    let root = configured ?? DaemonConfiguration.defaultDirectory.bytes
    let object = belowRoot(given).map { [root.appending(path: $0)] } ?? []
    return [given] + ["", "cache/", "cache/I"].map { root.appending(path: Array($0.utf8) + given) } + object
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

  /// The first of the places where there is something; the path as it was given when there is nothing anywhere.
  static func existing(_ given: [UInt8]) -> [UInt8] {
    places(given).first { (try? FileStatus.of(FilePath(bytes: $0))) != nil } ?? given
  }

  /// The first of the places where there is something.
  ///
  /// - Throws: ``StoreError`` for the path as it was given, when there is nothing anywhere.
  static func inspect(_ given: [UInt8]) throws(StoreError) -> Inspection {
    do throws(StoreError) {
      return try Inspection(path: FilePath(bytes: given))
    } catch {
      for place in places(given).dropFirst() {
        if let found = try? Inspection(path: FilePath(bytes: place)) { return found }
      }
      throw error
    }
  }
}
