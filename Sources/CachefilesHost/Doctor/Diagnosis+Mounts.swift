import CachefilesFormat

extension Diagnosis {
  /// One superblock and where it is mounted.
  private struct MountedSuperblock {
    var first: MountEntry
    var type: NetfsType
    var mounts = 1
  }

  // MARK: Mounts

  mutating func judgeMounts() {
    guard let table = seen.view.mounts else { return }
    var order: [MountDevice] = []
    var superblocks: [MountDevice: MountedSuperblock] = [:]
    for mount in table.rows {
      // EROFS is read from the directory that holds its images, not from a server.
      guard let type = mount.netfs, type != .erofs else { continue }
      if superblocks[mount.device] == nil {
        order.append(mount.device)
        superblocks[mount.device] = MountedSuperblock(first: mount, type: type)
      } else {
        superblocks[mount.device]?.mounts += 1
      }
    }
    if order.isEmpty { return add(.noMounts, "no network file system is mounted") }
    for device in order {
      if let superblock = superblocks[device] { judge(superblock) }
    }
  }

  private mutating func judge(_ superblock: MountedSuperblock) {
    let mount = superblock.first
    let subject = mount.mountPoint
    var words = "\(EscapedBytes.string(mount.type)) \(EscapedBytes.string(mount.source))"
    if superblock.mounts > 1 { words += ", mounted in \(superblock.mounts) places" }
    guard mount.asksForCache else {
      return add(.mountWithoutFsc, "\(words): mounted without caching", of: subject)
    }
    if superblock.type == .nfs, let volumes = seen.view.nfsVolumes {
      let row = volumes.rows.first { $0.device == mount.device }
      guard row?.isCached == true else {
        let reason = row == nil ? "is not in the kernel's table of NFS volumes" : "the kernel says FSC no"
        return add(.mountNotCached, "\(words): asks for caching, but \(reason)", of: subject)
      }
    }
    guard let volumes = seen.view.volumes else {
      // Before 5.17 there is no table of volumes: the answer of NFS is all there is.
      let isCertain = superblock.type == .nfs && seen.view.nfsVolumes != nil && !hasNoCache
      return isCertain
        ? add(.mountCached, "\(words): cached", of: subject)
        : add(.mountNotCached, "\(words): asks for caching, but the kernel has no cache for it", of: subject)
    }
    let own = volumes.rows.filter { NetfsType(volumeKey: $0.key.span) == superblock.type }
    if hasNoCache || !own.contains(where: { $0.namesCache && !$0.isRefused }) {
      return add(.mountNotCached, "\(words): asks for caching, but no volume of its kind has a cache", of: subject)
    }
    // Only NFS tells it of each mount.
    let proof = superblock.type == .nfs ? "cached" : "asks for caching, and a volume of its kind has a cache"
    add(.mountCached, "\(words): \(proof)", of: subject)
  }

  /// Whether it was found that the kernel has no cache that works.
  private var hasNoCache: Bool {
    checks.contains { [.notBound, .ioError, .withdrawn, .moduleMissing].contains($0.id) }
  }
}
