import CachefilesFormat

extension Diagnosis {
  /// The network file systems that can use a cache.
  private enum NetworkType {
    case nfs, smb, ninep, afs, ceph

    init?(_ type: [UInt8]) {
      switch type {
      case Array("nfs".utf8), Array("nfs4".utf8): self = .nfs
      case Array("cifs".utf8), Array("smb3".utf8): self = .smb
      case Array("9p".utf8): self = .ninep
      case Array("afs".utf8): self = .afs
      case Array("ceph".utf8): self = .ceph
      default: return nil
      }
    }

    /// Whether a mount asks for caching. AFS always does where its kernel can.
    func asksForCache(_ mount: MountEntry) -> Bool {
      switch self {
      case .nfs, .smb, .ceph: mount.has("fsc")
      case .ninep: (mount.options + mount.superOptions).contains { Self.isCaching($0) }
      case .afs: true
      }
    }

    /// `cache=fscache`, or from 6.4 on a mask in hexadecimal, whose bit 7 is it (`CACHE_FSCACHE`, fs/9p/v9fs.h):
    /// `cache=8f`.
    private static func isCaching(_ option: [UInt8]) -> Bool {
      guard option.starts(with: Array("cache=".utf8)) else { return false }
      let value = Array(option.dropFirst(6))
      if value == Array("fscache".utf8) { return true }
      let isPrefixed = value.starts(with: Array("0x".utf8))
      let digits = String(decoding: value.dropFirst(isPrefixed ? 2 : 0), as: UTF8.self)
      return (UInt64(digits, radix: 16) ?? 0) & 0x80 != 0
    }

    /// The netfs of the volumes that such mounts have.
    var netfs: NetfsType {
      switch self {
      case .nfs: .nfs
      case .smb: .cifs
      case .ninep: .ninep
      case .afs: .afs
      case .ceph: .ceph
      }
    }
  }

  /// One superblock and where it is mounted.
  private struct MountedSuperblock {
    var first: MountEntry
    var type: NetworkType
    var mounts = 1
  }

  // MARK: Mounts

  mutating func judgeMounts() {
    guard let table = seen.view.mounts else { return }
    var order: [MountDevice] = []
    var superblocks: [MountDevice: MountedSuperblock] = [:]
    for mount in table.rows {
      guard let type = NetworkType(mount.type) else { continue }
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
    guard superblock.type.asksForCache(mount) else {
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
    let own = volumes.rows.filter { NetfsType(volumeKey: $0.key.span) == superblock.type.netfs }
    if hasNoCache || !own.contains(where: { $0.cacheName != [UInt8(ascii: "-")] }) {
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
