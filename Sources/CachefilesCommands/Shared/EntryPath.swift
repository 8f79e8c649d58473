// SPDX-License-Identifier: Apache-2.0
import CachefilesHost
import CachefilesStore
import LinuxIO
import SystemPackage

/// Paths of entries, as other commands print them.
enum EntryPath {
  /// The path of an entry: as it is given where it exists, else below the cache of this machine, as `cache/I…/@xx/name`,
  /// `I…/@xx/name` or the volume's key and what is below it. What does not exist anywhere stays as it is.
  static func resolve(_ given: [UInt8], root: [UInt8]? = nil) -> [UInt8] {
    guard !exists(given), given.first != UInt8(ascii: "/") else { return given }
    let root = root ?? machineRoot
    let below = ["", "cache/", "cache/I"].map { root.appending(path: Array($0.utf8) + given) }
    return below.first(where: exists) ?? given
  }

  private static var machineRoot: [UInt8] {
    let configured = (try? DaemonConfiguration.read(DaemonConfiguration.defaultPath))?.directory
    return configured ?? DaemonConfiguration.defaultDirectory.bytes
  }

  private static func exists(_ path: [UInt8]) -> Bool {
    (try? FileStatus.of(FilePath(bytes: path))) != nil
  }
}
