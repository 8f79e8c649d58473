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
  private let byMount = Guarded<[MountVolumes.Identity: MountVolumes]>([:])
  /// Those of the mount that was asked for first, which threads find without a lock: mostly there is only one.
  private let first = AtomicLazyReference<FirstMount>()
  /// The directories of volumes that stay open, at most.
  private let allowance = MountVolume.Allowance(max(64, DescriptorLimit.raise(to: 4096) / 2))

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
    for index in mapping.places.indices { mapping.places[index].standing = standing(in: mapping.places[index]) }
    return mapping
  }

  /// The objects of a file that exist, with the key of their volume: that which the mount uses, and those of earlier
  /// mounts with other options.
  package func objects(of file: ObservedFile) -> [(volume: [UInt8], status: FileStatus)] {
    FileMapping(file, volumes(of: file)).places.compactMap { place in
      guard case .entry(let status) = standing(in: place), status.kind == .regular else { return nil }
      return (place.volume.key, status)
    }
  }

  private func volumes(of file: ObservedFile) -> MountVolumes {
    guard let held = file.held else { return MountVolumes(nil, file.facts, nfs: nil, volumes) }
    let identity = MountVolumes.Identity(held, file.facts)
    if let first = first.load(), first.identity == identity { return first.volumes }
    if let known = byMount.withLock({ $0[identity] }) { return known }
    let found = MountVolumes(held.entry, file.facts, nfs: view.nfsVolumes, volumes)
    byMount.withLock { $0[identity] = found }
    _ = first.storeIfNil(FirstMount(identity, found))
    return found
  }

  /// Reads the kernel's cookies.
  ///
  /// - Throws: ``StoreError`` when the table exists and cannot be read.
  package func readCookies() throws(StoreError) -> CookieIndex { try CookieIndex(view) }

  /// How often the kernel has refused to store something for want of space; nil where it does not tell.
  package func refusedForSpace() -> Int? { view.readStatistics()?.refusedForSpace }

  /// How much of a file is in the cache.
  package func judgement(of mapping: FileMapping, _ cookies: CookieIndex) -> CachedFileJudgement {
    judgement(of: mapping, cookies) { place in
      observe(place, place.standing) { (parent, status) throws(Errno) in
        let file = try parent.open(place.name, .inspect)
        return try Self.facts(of: file, size: status.size, attribute: try file.attribute(CacheAttribute.name))
      }
    }
  }

  /// How much of a file is in the cache, and its object as it was judged, open past the page cache where its file system does that;
  /// nil where there is none that can be opened.
  ///
  /// - Parameter range: only there data is looked for: a large file is examined part by part.
  package func examine(
    _ mapping: FileMapping, _ cookies: CookieIndex, within range: Range<UInt64> = 0..<UInt64.max
  ) -> (judgement: CachedFileJudgement, object: OpenObject?) {
    var open: OpenObject?
    let judgement = judgement(of: mapping, cookies) { place in
      // The mapping may have been made long ago.
      observe(place, standing(in: place)) { (parent, _) throws(Errno) in
        let object = try OpenObject(place, in: try directory(of: place))
        guard object.status.kind == .regular else {
          return CachedFileFacts.Object(otherKind: object.status.kind.words)
        }
        let facts = try Self.facts(
          of: object.file, size: object.status.size, attribute: object.attribute, within: range)
        open = object
        return facts
      }
    }
    return (judgement, open)
  }

  private func judgement(
    of mapping: FileMapping, _ cookies: CookieIndex, _ look: (FileMapping.Place) -> CachedFileFacts.Object?
  ) -> CachedFileJudgement {
    let elsewhere = mapping.firstOther.map { other in
      "a copy that the mount does not use lies in \(EscapedBytes.string(mapping.places[other].volume.key))"
    }
    guard let place = mapping.main, let type = mapping.file.netfs else {
      return (mapping.verdict ?? CachedFileJudgement(.unknown, nil)).adding(elsewhere)
    }
    let cookie = mapping.places.lazy.filter(\.isOwn).compactMap {
      cookies.cookie(volume: $0.volume.number, key: $0.key)
    }.first
    let object = look(place)
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
    return judgement.adding(mapping.uncertainty)
  }

  // MARK: Looking at objects

  private func directory(of place: FileMapping.Place) throws(Errno) -> SharedDescriptor {
    try place.holder.directory(place.fanout, below: store.root, allowance)
  }

  private func standing(in place: FileMapping.Place) -> FileMapping.Place.Standing {
    if place.holder.candidate.origin == .computed { return .nothing }
    do throws(Errno) {
      return .entry(try directory(of: place).value.status(of: place.name))
    } catch {
      // What cannot be looked at is there, and is told when it is judged.
      let isNothing = error == .noSuchFileOrDirectory || error == .notDirectory || error == .tooManySymbolicLinkLevels
      return isNothing ? .nothing : .unreadable(error)
    }
  }

  /// What is seen of the object in a place. It is opened only when it is known to be no device: one could do something when it is
  /// opened.
  private func observe(
    _ place: FileMapping.Place, _ standing: FileMapping.Place.Standing,
    _ open: (borrowing OwnedDescriptor, FileStatus) throws(Errno) -> CachedFileFacts.Object
  ) -> CachedFileFacts.Object? {
    do throws(Errno) {
      switch standing {
      case .nothing: return nil
      case .unreadable(let error): throw error
      case .entry(let status):
        guard status.kind == .regular else { return CachedFileFacts.Object(otherKind: status.kind.words) }
        return try open(try directory(of: place).value, status)
      }
    } catch {
      if error == .noSuchFileOrDirectory { return nil }
      return CachedFileFacts.Object(problem: "its object cannot be looked at: \(error)")
    }
  }

  private static func facts(
    of file: borrowing OwnedDescriptor, size: UInt64, attribute: [UInt8]?, within range: Range<UInt64> = 0..<UInt64.max
  ) throws(Errno) -> CachedFileFacts.Object {
    var facts = CachedFileFacts.Object(attribute: attribute)
    try file.forEachDataExtent(size: min(size, range.upperBound), from: range.lowerBound) {
      facts.runs.append($0.offset..<$0.end)
    }
    return facts
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

/// What is known of one mount.
private final class FirstMount: Sendable {
  let identity: MountVolumes.Identity
  let volumes: MountVolumes

  init(_ identity: MountVolumes.Identity, _ volumes: MountVolumes) {
    self.identity = identity
    self.volumes = volumes
  }
}
