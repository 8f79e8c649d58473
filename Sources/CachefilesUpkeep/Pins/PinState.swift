// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
import LinuxIO
import SystemPackage

/// How much of what is pinned is in the cache.
package struct PinState: Sendable, Equatable {
  /// Objects that are pinned.
  package var objects = 0
  /// Those of them that are there, with data.
  package var cached = 0
  /// Allocated bytes of those.
  package var bytes: UInt64 = 0
  /// Objects that could not be looked at, each of them told.
  package var errors = 0
  /// Those that are not there, or hold nothing.
  package var missing: [Pin.Object] = []

  /// Nothing is pinned.
  package init() {}

  /// Looks for objects. Two objects of one file, of which the kernel uses one, count as one: the file is cached when either is.
  ///
  /// - Throws: ``StoreError`` when the cache cannot be looked into at all.
  package init(
    _ objects: [Pin.Object], in store: borrowing Store, failed: (StoreError) -> Void
  ) throws(StoreError) {
    var files: [[UInt8]: Int] = [:]
    var found: [(object: Pin.Object, isCached: Bool)] = []
    let finder: EntryFinder
    do throws(Errno) { finder = try EntryFinder(store) } catch {
      throw StoreError(path: store.path, operation: "look into", error: error)
    }
    for object in objects {
      var isCached = false
      do throws(Errno) {
        if let status = try finder.find(CachePath(object.path))?.status {
          // A file that is all hole holds nothing of its file.
          isCached = status.kind == .regular && (status.size == 0 || status.allocatedBytes > 0)
          if isCached { bytes += status.allocatedBytes }
        }
      } catch {
        errors += 1
        failed(StoreError(path: store.path.appending(path: object.path), operation: "look at", error: error))
        continue
      }
      if !object.file.isEmpty, let index = files[object.file] {
        found[index].isCached = found[index].isCached || isCached
        continue
      }
      files[object.file] = found.count
      found.append((object, isCached))
    }
    self.objects = found.count
    cached = found.count { $0.isCached }
    missing = found.filter { !$0.isCached }.map(\.object)
  }
}
