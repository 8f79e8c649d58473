// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
package import CachefilesStore
package import LinuxIO
import Synchronization
import SystemPackage

/// The cache's side of the question: its directory, and what the kernel tells of it. Shared by threads.
package final class CacheSide: Sendable {
  /// The path of the cache directory.
  package let path: [UInt8]
  /// All mounts.
  package let mounts: MountTable
  /// The cache directory.
  package let store: Store
  private let view: KernelView
  private let volumes: KnownVolumes
  /// What is known of each mount.
  private let byMount = Mutex<[MountVolumes.Identity: MountVolumes]>([:])
  private let directories = DirectoryShelf()

  /// Reads the kernel's tables, but not that of cookies, and the names of the volumes.
  ///
  /// - Throws: ``StoreError`` when the directory cannot be listed, or a table cannot be read.
  package init(_ store: consuming Store, _ view: KernelView) throws(StoreError) {
    path = store.path
    self.view = view
    guard let mounts = view.mounts else {
      throw view.failures.first
        ?? StoreError(
          path: view.directory.bytes.appending(component: Array("self/mountinfo".utf8)), operation: "read",
          error: .noSuchFileOrDirectory)
    }
    self.mounts = mounts
    var keys: [[UInt8]] = []
    try store.forEachCacheEntry { name, kind in
      if kind == .directory || kind == .unknown, let key = VolumeName.key(ofName: name) { keys.append(key) }
    }
    volumes = KnownVolumes(kernel: view.volumes?.rows, directory: keys.sorted { $0.lexicographicallyPrecedes($1) })
    self.store = store
  }

  /// The volumes of a mount, and what speaks against each.
  package func volumes(of mount: MountEntry) -> MountMatch {
    MountMatch(mount, nil, nfs: view.nfsVolumes?.rows.first { $0.device == mount.device }, volumes)
  }

  /// Where the object of a file is, or would be, and whether something stands there.
  package func mapping(of file: ObservedFile) -> FileMapping {
    var mapping = FileMapping(file, volumes(of: file))
    for index in mapping.places.indices { mapping.places[index].exists = exists(mapping.places[index]) }
    return mapping
  }

  /// The objects of a file that exist, with the key of their volume: that which the mount uses, and those of earlier
  /// mounts with other options.
  package func objects(of file: ObservedFile) -> [(volume: [UInt8], status: FileStatus)] {
    FileMapping(file, volumes(of: file)).places.compactMap { place in
      guard place.volume.origin != .computed, let name = EntryName(place.components[3]),
        let status = try? fanout(of: place).value.status(of: name), status.kind == .regular
      else { return nil }
      return (place.volume.key, status)
    }
  }

  private func volumes(of file: ObservedFile) -> MountVolumes {
    guard let mount = file.mount else { return MountVolumes(nil, file.facts, nfs: nil, volumes) }
    let identity = MountVolumes.Identity(mount, file.facts)
    if let known = byMount.withLock({ $0[identity] }) { return known }
    let found = MountVolumes(mount, file.facts, nfs: view.nfsVolumes, volumes)
    byMount.withLock { $0[identity] = found }
    return found
  }

  /// Reads the kernel's cookies.
  ///
  /// - Throws: ``StoreError`` when the table exists and cannot be read.
  package func readCookies() throws(StoreError) -> CookieIndex { try CookieIndex(view) }

  /// How often the kernel has refused to store something for want of space; nil where it does not tell.
  package func refusedForSpace() -> Int? { view.readStatistics()?.refusedForSpace }

  /// How much of a file is in the cache.
  func judgement(of mapping: FileMapping, _ cookies: CookieIndex) -> CachedFileJudgement {
    examine(mapping, cookies, direct: false).judgement
  }

  /// How much of a file is in the cache, and its object, open as it was judged; nil where there is none that can be opened.
  ///
  /// - Parameter isDirect: whether the object is opened past the page cache, where its file system does that.
  package func examine(
    _ mapping: FileMapping, _ cookies: CookieIndex, direct isDirect: Bool
  ) -> (judgement: CachedFileJudgement, object: OpenObject?) {
    let elsewhere = mapping.others.first.map { other in
      "a copy that the mount does not use lies in \(EscapedBytes.string(other.volume.key))"
    }
    guard let place = mapping.main, let type = mapping.file.mount?.netfs else {
      return ((mapping.verdict ?? CachedFileJudgement(.unknown, nil)).adding(elsewhere), nil)
    }
    let cookie = mapping.places.lazy.filter(\.isOwn).compactMap {
      cookies.cookie(volume: $0.volume.number, key: $0.key)
    }.first
    let (object, open) = place.exists ? observe(place, isDirect) : (nil, nil)
    var judgement = CachedFileJudgement(
      CachedFileFacts(object: object, cookie: cookie), of: mapping.file.facts, in: type)
    if !place.volume.differences.isEmpty {
      judgement = judgement.adding(
        "the volume that the kernel has differs from the mount: " + place.volume.differences.joined(separator: "; "))
    }
    if object != nil, type == .cifs, place.key.count == 8 {
      judgement = judgement.adding("it has the key of kernels before 6.9; newer ones never look for it")
    }
    if object == nil { judgement = judgement.adding(elsewhere) }
    return (judgement.adding(mapping.uncertainty), open)
  }

  // MARK: Looking at objects

  private func fanout(of place: FileMapping.Place) throws(Errno) -> SharedDescriptor {
    let (volume, name) = (place.components[1], place.components[2])
    return try directories.directory(volume + [UInt8(ascii: "/")] + name) { () throws(Errno) in
      let above = try directories.directory(volume) { () throws(Errno) in
        guard let name = EntryName(volume) else { throw .noSuchFileOrDirectory }
        return try store.root.open(Store.cacheName, .directory).open(name, .directory)
      }
      guard let name = EntryName(name) else { throw .noSuchFileOrDirectory }
      return try above.value.open(name, .directory)
    }
  }

  private func exists(_ place: FileMapping.Place) -> Bool {
    guard place.volume.origin != .computed, let name = EntryName(place.components[3]) else { return false }
    do throws(Errno) {
      _ = try fanout(of: place).value.status(of: name)
      return true
    } catch {
      // What cannot be looked at is there, and is told when it is judged.
      return error != .noSuchFileOrDirectory && error != .notDirectory && error != .tooManySymbolicLinkLevels
    }
  }

  private func observe(
    _ place: FileMapping.Place, _ isDirect: Bool
  ) -> (facts: CachedFileFacts.Object?, open: OpenObject?) {
    do throws(Errno) {
      guard let name = EntryName(place.components[3]) else { return (nil, nil) }
      let parent = try fanout(of: place)
      let status = try parent.value.status(of: name)
      guard status.kind == .regular else { return (CachedFileFacts.Object(otherKind: status.kind.words), nil) }
      let object = try OpenObject(name, in: parent, path: place.components, direct: isDirect)
      var facts = CachedFileFacts.Object(attribute: object.attribute)
      try object.file.forEachDataExtent(size: object.status.size) { facts.runs.append($0.offset..<$0.end) }
      return (facts, object)
    } catch {
      if error == .noSuchFileOrDirectory { return (nil, nil) }
      return (CachedFileFacts.Object(problem: "its object cannot be looked at: \(error)"), nil)
    }
  }
}

extension CachedFileJudgement {
  /// The same with one more thing to say.
  func adding(_ more: String?) -> CachedFileJudgement {
    guard let more else { return self }
    var result = self
    result.reason = reason.map { "\($0); \(more)" } ?? more
    return result
  }
}

/// Directories that stay open because they are asked for again and again: those of volumes, and their fanouts.
private final class DirectoryShelf: Sendable {
  private let open = Mutex<[[UInt8]: SharedDescriptor]>([:])
  /// More than these are opened for one question only.
  private let limit = max(64, DescriptorLimit.raise(to: 4096) / 2)

  /// The directory that a name stands for, opened when it is not there.
  ///
  /// - Throws: what opening it throws.
  func directory(_ name: [UInt8], _ make: () throws(Errno) -> OwnedDescriptor) throws(Errno) -> SharedDescriptor {
    if let known = open.withLock({ $0[name] }) { return known }
    let made = SharedDescriptor(try make())
    open.withLock { if $0.count < limit { $0[name] = made } }
    return made
  }
}
