// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// The directories of a stream: each is made when its sum is known to be right, and gets its times in the end.
extension ReceivedStream {
  static func path(_ key: [UInt8]) -> [UInt8] { [VolumeName.prefix] + key }

  static func path(_ key: [UInt8], _ number: UInt8) -> [UInt8] {
    path(key).appending(component: Fanout(number).directoryName)
  }

  /// A path below `cache`, in the destination.
  func destinationPath(_ path: [UInt8]) -> [UInt8] {
    receive.destination.store.path.appending(component: Store.cacheName.bytes).appending(path: path)
  }

  /// The cache attribute of an entry; what else it has is not taken.
  static func record(of entry: PaxEntry) -> [UInt8]? {
    let name = Array(CacheAttribute.name.description.utf8)
    return entry.attributes.first { $0.name == name }?.value
  }

  /// Makes a directory whose sum is right.
  mutating func takeDirectory(_ entry: PaxEntry) {
    switch TransferPath(entry.path, isDirectory: true) {
    case .volume(let key): takeVolume(key, entry)
    case .fanout(let key, let number): takeFanout(key, number, entry)
    default: refuse(entry, "no part of a cache")
    }
  }

  /// Names a directory that is not taken; what is in it is left out without further words.
  mutating func refuseDirectory(_ entry: PaxEntry, _ reason: String) {
    switch TransferPath(entry.path, isDirectory: true) {
    case .volume(let key): directories.leftOut.insert(key)
    case .fanout(let key, let number): directories.leftOutFanouts.insert(Self.path(key, number))
    default: break
    }
    refuse(entry, reason)
  }

  private mutating func takeVolume(_ key: [UInt8], _ entry: PaxEntry) {
    let path = Self.path(key)
    if directories.known[path] != nil { return }
    if let volumes = receive.options.volumes, !volumes(key) {
      directories.leftOut.insert(key)
      return
    }
    report.chosenVolumes += 1
    guard let record = Self.record(of: entry), let name = EntryName(path) else {
      directories.leftOut.insert(key)
      return refuse(entry, "a volume without a record")
    }
    if let objection = CopyFilter.objection(toVolumeRecord: record.span, in: NetfsType(rulesOf: key.span)) {
      directories.leftOut.insert(key)
      return refuse(entry, objection.words)
    }
    do throws(CopyFault) {
      let opened = try receive.destination.directory(
        name, in: receive.destination.cache, CopyProperties(entry, record: record))
      if !opened.isNew {
        let there = try CopyFault.attempt(.destination, "read the cache attribute of") { () throws(Errno) in
          try opened.directory.value.attribute(CacheAttribute.name)
        }
        // Its objects belong to another state of the server's volume; the kernel would discard one kind or the other.
        guard there == record else {
          throw CopyFault(
            side: .destination, operation: "merge the volume", error: .fileExists,
            note: "the one that is there has \(there == nil ? "no" : "another") record, and stays")
        }
      }
      try note(path, opened, entry)
    } catch {
      directories.leftOut.insert(key)
      receive.fail(error, destinationPath(path))
    }
  }

  private mutating func takeFanout(_ key: [UInt8], _ number: UInt8, _ entry: PaxEntry) {
    let path = Self.path(key, number)
    if directories.leftOut.contains(key) || directories.known[path] != nil { return }
    do throws(CopyFault) {
      let above = try CopyFault.attempt(.destination, "open the directory") { () throws(Errno) in
        try directories.directory(Self.path(key), in: receive.destination.cache)
      }
      guard let above, let name = EntryName(Fanout(number).directoryName) else {
        return refuseDirectory(entry, "its volume did not come before it")
      }
      try note(
        path, try receive.destination.directory(name, in: above.value, CopyProperties(entry, record: nil)), entry)
    } catch {
      directories.leftOutFanouts.insert(path)
      receive.fail(error, destinationPath(path))
    }
  }

  private mutating func note(
    _ path: [UInt8], _ opened: CopyDestination.Opened, _ entry: PaxEntry
  ) throws(CopyFault) {
    if opened.isNew { report.directories += 1 }
    // One that was there gets them, too: a run that was cut off may have made it.
    try CopyFault.attempt(.destination, "look at") { () throws(Errno) in
      try directories.add(path, opened.directory, Self.times(of: entry))
    }
  }

  /// `send` states every time of access, and libarchive leaves out that of 1970-01-01 00:00:00.
  static func access(of entry: PaxEntry) -> Timestamp {
    entry.access ?? Timestamp(seconds: 0, nanoseconds: 0)
  }

  private static func times(of entry: PaxEntry) -> EntryTimes? {
    guard let modification = entry.modification else { return nil }
    return EntryTimes(access: access(of: entry), modification: modification)
  }

  /// Gives directories their times, now that nothing is put into them any more: those below first.
  func setTimes() {
    let above = CachePath.cache
    for (path, known) in directories.known.sorted(by: { $0.key.count > $1.key.count }) {
      guard let times = known.times else { continue }
      do throws(Errno) {
        try receive.destination.store.withEntry(above.bytes.appending(path: path), .directory) {
          (entry) throws(Errno) in
          try entry.setTimes(times)
        }
      } catch {
        receive.fail(StoreError(path: destinationPath(path), operation: "set the times of", error: error))
      }
    }
  }
}
