// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

extension Diagnosis {
  /// One superblock and where it is mounted.
  private struct MountedSuperblock {
    var first: MountEntry
    var type: NetfsType
    var places: [[UInt8]]
  }

  // MARK: Mounts

  mutating func judgeMounts() {
    for export in SameExport.all(in: seen.volumeKeys) {
      add(
        .cachedTwice,
        "\(export.members.count) volumes, which differ in \(export.differences.joined(separator: ", "))",
        of: Array(export.summary.utf8))
    }
    guard let table = seen.view.mounts else { return }
    var order: [MountDevice] = []
    var superblocks: [MountDevice: MountedSuperblock] = [:]
    for mount in table.rows {
      // EROFS is read from the directory that holds its images, not from a server.
      guard let type = mount.netfs, type != .erofs else { continue }
      if superblocks[mount.device] == nil {
        order.append(mount.device)
        superblocks[mount.device] = MountedSuperblock(first: mount, type: type, places: [mount.mountPoint])
      } else {
        superblocks[mount.device]?.places.append(mount.mountPoint)
      }
    }
    if order.isEmpty { return add(.noMounts, "no network file system is mounted") }
    for device in order {
      guard let superblock = superblocks[device] else { continue }
      judge(superblock)
      judgeTunnel(superblock)
    }
  }

  private mutating func judge(_ superblock: MountedSuperblock) {
    let mount = superblock.first
    let subject = mount.mountPoint
    var words = "\(EscapedBytes.string(mount.type)) \(EscapedBytes.string(mount.source))"
    if superblock.places.count > 1 { words += ", mounted in \(superblock.places.count) places" }
    guard mount.asksForCache else { return judgeUnasked(superblock, words) }
    if let option = KernelConfiguration.option(of: superblock.type), seen.kernelConfiguration?.has(option) == false {
      return add(
        .mountKernelWithout, "\(words): asks for caching, but CONFIG_\(option) is not set", of: subject)
    }
    // `cache=none` opens all files for direct reading and writing: cifs_set_ops (fs/smb/client/inode.c).
    if superblock.type == .cifs, mount.value(of: "cache") == Array("none".utf8) {
      return add(.mountCacheOff, "\(words): asks for caching, but cache=none reads past it", of: subject)
    }
    let row = seen.view.nfsVolumes?.rows.first { $0.device == mount.device }
    if superblock.type == .nfs, seen.view.nfsVolumes != nil, row?.isCached != true {
      return judgeRefused(mount, row, words)
    }
    guard let volumes = seen.view.volumes else {
      // Before 5.17 there is no table of volumes: the answer of NFS is all there is.
      let isCertain = superblock.type == .nfs && seen.view.nfsVolumes != nil && !hasNoCache
      return isCertain
        ? add(.mountCached, "\(words): cached", of: subject)
        : add(.mountNotCached, "\(words): asks for caching, but the kernel has no cache for it", of: subject)
    }
    if hasNoCache {
      return add(.mountNotCached, "\(words): asks for caching, but no volume of its kind has a cache", of: subject)
    }
    judge(mount, superblock.type, row, among: volumes.rows, words)
  }

  /// A mount that does not ask for caching; fstab may have asked for it.
  private mutating func judgeUnasked(_ superblock: MountedSuperblock, _ words: String) {
    let mount = superblock.first
    let wanting = superblock.places.first { place in
      seen.fstab.contains { $0.mountPoint == place && $0.asksForCache }
    }
    guard let wanting else {
      return add(.mountWithoutFsc, "\(words): mounted without caching", of: mount.mountPoint)
    }
    // Another mount of the same superblock was first, and its options count for all of them: nfs_compare_super.
    if let other = superblock.places.first(where: { $0 != wanting }) {
      return add(
        .mountSuperblockShared,
        "\(words): fstab has fsc, but the superblock is shared with \(EscapedBytes.string(other)), which was mounted without",
        of: wanting)
    }
    add(
      .mountWithoutFsc, "\(words): mounted without caching, though fstab asks for it", of: wanting,
      advice: "it was mounted before fstab was changed, or by other means: unmount it and mount it again")
  }

  /// An NFS mount that asks for caching and has no volume: `FSC no`.
  private mutating func judgeRefused(_ mount: MountEntry, _ row: NFSVolumeLine?, _ words: String) {
    guard let row else {
      return add(
        .mountNotCached, "\(words): asks for caching, but is not in the kernel's table of NFS volumes",
        of: mount.mountPoint)
    }
    let others = seen.view.nfsVolumes?.rows.filter {
      $0.device != row.device && $0.server == row.server && $0.fileSystem == row.fileSystem && $0.isCached
    }
    let isLogged =
      seen.log?.entries.contains { ["volume-in-use", "uniquifier-in-use"].contains($0.match.message.id) } == true
    if let other = others?.first {
      let place = seen.view.mounts?.rows.first { $0.device == other.device }?.mountPoint
      return add(
        .mountKeyInUse,
        "\(words): the kernel says FSC no, and the same export is cached at \(place.map { EscapedBytes.string($0) } ?? other.device.description)",
        of: mount.mountPoint)
    }
    if isLogged {
      return add(
        .mountKeyInUse, "\(words): the kernel says FSC no, and its log that the volume key is in use",
        of: mount.mountPoint)
    }
    add(.mountNotCached, "\(words): asks for caching, but the kernel says FSC no", of: mount.mountPoint)
  }

  /// A mount whose volume is looked for in the kernel's table, by address and share, tag, cell or cluster.
  private mutating func judge(
    _ mount: MountEntry, _ type: NetfsType, _ row: NFSVolumeLine?, among rows: [VolumeLine], _ words: String
  ) {
    let own = ownVolumes(of: mount, type, row, among: rows)
    let subject = mount.mountPoint
    guard let own else {
      // What the mount says does not lead to one volume: one of the kind is all that can be asked for.
      let ofKind = rows.filter { NetfsType(volumeKey: $0.key.span) == type }
      return ofKind.contains(where: { $0.namesCache && !$0.isRefused })
        ? add(.mountCached, "\(words): asks for caching, and a volume of its kind has a cache", of: subject)
        : add(.mountNotCached, "\(words): asks for caching, but no volume of its kind has a cache", of: subject)
    }
    guard let volume = own.first(where: { $0.namesCache && !$0.isRefused }) ?? own.first else {
      return add(.mountNotCached, "\(words): asks for caching, but the kernel has no volume of it", of: subject)
    }
    let name = EscapedBytes.quoted(volume.key)
    if !volume.namesCache {
      add(.mountNotCached, "\(words): its volume \(name) has no cache", of: subject)
    } else if volume.isRefused {
      add(.mountNotCached, "\(words): the kernel has refused the directory of its volume \(name)", of: subject)
    } else {
      add(.mountCached, type == .nfs ? "\(words): cached" : "\(words): cached in the volume \(name)", of: subject)
    }
  }

  /// The kernel's volumes of a mount; nil when the mount does not tell enough to choose.
  private func ownVolumes(
    of mount: MountEntry, _ type: NetfsType, _ row: NFSVolumeLine?, among rows: [VolumeLine]
  ) -> [VolumeLine]? {
    if type == .afs {
      // `#cell:volume` and `%cell:volume`; the key has the volume's number, which the mount does not tell.
      let source = mount.source.drop { $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: "%") }
      guard let colon = source.firstIndex(of: UInt8(ascii: ":")), colon > source.startIndex else { return nil }
      let start = Array("afs,".utf8) + source[..<colon] + [UInt8(ascii: ",")]
      return rows.filter { $0.key.starts(with: start) }
    }
    let match = MountMatch(mount, nil, nfs: row, KnownVolumes(kernel: rows))
    if match.reason != nil { return nil }
    if match.uncertainty != nil, type != .nfs { return nil }
    let keys = Set(match.candidates.filter { $0.origin == .kernel }.map(\.key))
    // NFS without a number of the file system: all volumes of the server are candidates.
    if type == .nfs, row == nil || keys.isEmpty { return nil }
    return rows.filter { keys.contains($0.key) }
  }

  /// A mount over a tunnel on this machine: stunnel picks a port, the port is part of the key.
  private mutating func judgeTunnel(_ superblock: MountedSuperblock) {
    guard superblock.type == .nfs, superblock.first.asksForCache else { return }
    let mount = superblock.first
    guard let address = mount.value(of: "addr").flatMap({ IPAddress($0) }), address.isLoopback else { return }
    let row = seen.view.nfsVolumes?.rows.first { $0.device == mount.device }
    let text = mount.value(of: "port").flatMap { Int(String(decoding: $0, as: UTF8.self)) }
    guard let port = text ?? row?.port, port != 0, port != 2049 else { return }
    // The same export under other ports: in the directory, or in use.
    let fileSystem = row?.fileSystem
    let keys = Set(seen.volumeKeys + (seen.view.volumes?.rows.map(\.key) ?? []))
    let ports = Set(
      keys.compactMap { key -> UInt16? in
        guard case .nfs(let volume) = NetfsVolume(volumeKey: key.span, byteOrder: .host), volume.address.isLoopback,
          volume.port != 0, fileSystem == nil || Array(volume.fsidText.utf8) == fileSystem
        else { return nil }
        return volume.port
      })
    let others = ports.subtracting([UInt16(clamping: port)]).sorted()
    // efs-utils takes any port from 20049 to 21049 that is free.
    guard !others.isEmpty || (20049...21049).contains(port) else { return }
    let list = others.prefix(4).map { "\($0)" }.joined(separator: ", ")
    add(
      .mountTunnelPort,
      "port \(port)"
        + (others.isEmpty
          ? ", one of those that efs-utils picks anew at each mount"
          : ", and volumes of the same export under \(list)"),
      of: mount.mountPoint)
  }

  /// Whether it was found that the kernel has no cache that works.
  private var hasNoCache: Bool {
    checks.contains { [.notBound, .ioError, .withdrawn, .moduleMissing].contains($0.id) }
  }
}
