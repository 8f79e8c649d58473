// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// Says that a cache is in use, and by whom: what is read from it may be in motion.
enum UseNote {
  /// What a time of last use is on a file system that is mounted with `noatime`.
  static let noAccessTimes = "last use is when an object was made"

  /// One line on stderr where the times of last use, which are shown or sorted by, are none.
  static func tellAccessTimes(_ store: borrowing Store, _ output: Output) {
    guard !output.isQuiet, (try? store.root.fileSystem())?.hasNoAccessTimes == true else { return }
    output.note("cachefiles: note: mounted with noatime: \(noAccessTimes)")
  }

  /// One line on stderr where a kernel has the cache; nothing with `--quiet`.
  static func tell(_ store: borrowing Store, _ output: Output) {
    let sources = LivenessSources()
    guard !output.isQuiet, store.probeLiveness(sources) == .live else { return }
    output.note("cachefiles: \(EscapedBytes.string(store.path)): in use by the kernel\(sources.daemon.words)")
  }

  /// The same of the cache that a path leads into, where it does.
  static func tell(above path: [UInt8], _ output: Output) {
    guard !output.isQuiet, let location = ObjectLocation(path),
      let store = try? Store(path: location.root.isEmpty ? "." : FilePath(bytes: location.root))
    else { return }
    tell(store, output)
  }

  /// The same of what may be a cache.
  static func tell(at path: [UInt8], _ output: Output) {
    guard !output.isQuiet, let store = try? Store(path: FilePath(bytes: path)) else { return }
    tell(store, output)
  }
}
