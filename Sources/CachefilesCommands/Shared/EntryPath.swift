// SPDX-License-Identifier: Apache-2.0
import CachefilesHost
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import SystemPackage

/// Paths of entries, as other commands print them.
enum EntryPath {
  /// The places where an entry is looked for: the path as it is given, and a relative one also below the cache of this machine, as
  /// `cache/I…/@xx/name`, `I…/@xx/name`, or the volume's key and what is below it.
  static func places(_ given: [UInt8]) -> [[UInt8]] {
    guard given.first != UInt8(ascii: "/") else { return [given] }
    let configured = (try? DaemonConfiguration.read(DaemonConfiguration.defaultPath))?.directory
    let root = configured ?? DaemonConfiguration.defaultDirectory.bytes
    return [given] + ["", "cache/", "cache/I"].map { root.appending(path: Array($0.utf8) + given) }
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
