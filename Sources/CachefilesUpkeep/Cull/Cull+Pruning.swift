// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

extension Cull {
  /// Removes fanout directories that are empty, and volumes that are after that, of what the selection names. `rmdir`
  /// itself sees to it that nothing but empty directories goes; what is mounted somewhere is not entered.
  func prune(_ report: inout Report) throws(StoreError) {
    var removed = 0
    try session.withStore { (store) throws(StoreError) in
      var names: [EntryName] = []
      try store.forEachCacheEntry { name, kind in
        guard kind == .directory || kind == .unknown, name.count > 1, name[0] == VolumeName.prefix else { return }
        if self.isSelected(volume: name.extracting(1..<name.count).array), let entry = EntryName(name.array) {
          names.append(entry)
        }
      }
      let path = store.path.appending(component: Store.cacheName.bytes)
      do throws(Errno) {
        let cache = try store.root.open(Store.cacheName, .directory)
        try TreeRemover.requireOwn(cache, on: store.rootStatus.device)
        for (index, name) in names.enumerated() {
          if session.isCancelled || !session.isStillHeld(atOnce: index == 0) { break }
          removed += prune(name, path.appending(component: name.bytes), in: cache, on: store.rootStatus.device)
        }
      } catch {
        session.fail(StoreError(path: path, operation: "enter", error: error))
      }
    }
    report.prunedDirectories = removed
  }

  private func isSelected(volume key: [UInt8]) -> Bool {
    let (volumes, types) = (options.selection.volumes, options.selection.types)
    if let volumes, !volumes(key) { return false }
    return types.isEmpty || types.contains(NetfsType(volumeKey: key.span))
  }

  /// Removes what is empty of a volume, and gives the number of directories.
  private func prune(
    _ name: EntryName, _ path: [UInt8], in cache: borrowing OwnedDescriptor, on device: UInt64
  ) -> Int {
    let selection = options.selection
    let relative = Store.cacheName.bytes.appending(component: name.bytes)
    let fail = { (fanout: EntryName?, error: Errno) in
      let note = error == .improperLink ? "something is mounted there" : nil
      let place = fanout.map { path.appending(component: $0.bytes) } ?? path
      self.session.fail(StoreError(path: place, operation: "remove if empty", error: error, note: note))
    }
    let keeps = { (fanout: EntryName?) in
      selection.keeps(path: fanout.map { relative.appending(component: $0.bytes) } ?? relative)
    }
    do throws(Errno) {
      return try TreeRemover.removeEmptyFanouts(of: name, in: cache, on: device, keeps: keeps, onFailure: fail)
    } catch {
      fail(nil, error)
      return 0
    }
  }
}
