// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import LinuxIO
import SystemPackage

/// The volumes that a shell offers for an option that takes one.
enum VolumeCompletion {
  /// The keys of the volumes of this machine's cache; nothing where it cannot be read.
  static let keys: @Sendable ([String], Int, String) -> [String] = { _, _, _ in
    let configured = (try? DaemonConfiguration.read(DaemonConfiguration.defaultPath))?.directory
    let path = configured.map { FilePath(bytes: $0) } ?? DaemonConfiguration.defaultDirectory
    var keys: [String] = []
    do throws(OpeningFailure) {
      let store = try Store(path: path)
      try? store.forEachCacheEntry { name, _ in
        if let key = VolumeName.key(ofName: name) { keys.append(EscapedBytes.string(key)) }
      }
    } catch {
      return []
    }
    return keys.sorted()
  }
}
