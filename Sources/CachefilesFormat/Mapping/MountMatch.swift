// SPDX-License-Identifier: Apache-2.0

/// Which volumes of a cache belong to a mount.
///
/// Mirrors what the network file systems make their volume keys of: `nfs_fscache_get_super_cookie` (fs/nfs/fscache.c),
/// `cifs_fscache_get_super_cookie` (fs/smb/client/fscache.c), `v9fs_cache_session_get_cookie` (fs/9p/cache.c),
/// `afs_activate_volume` (fs/afs/volume.c), `ceph_fscache_register_fs` (fs/ceph/cache.c).
public struct MountMatch: Equatable, Sendable {
  /// The volumes: those of the kernel's table first, then those of the directory; in each, those that no option of the
  /// mount speaks against first.
  public private(set) var candidates: [VolumeCandidate] = []
  /// Why the volumes cannot be told, as one line; nil where they can, even if there are none.
  public private(set) var reason: String?

  /// What of the mount could not be told, so that volumes of another one may be among them; nil for nothing.
  public private(set) var uncertainty: String?

  /// The volumes that the mount uses now, as far as can be told: of the kernel's table those that no option speaks
  /// against, else any of it: a mount that was mounted anew with other options keeps its volume. Else those of the
  /// directory that no option speaks against, else the one that the kernel would make.
  public var own: [VolumeCandidate] {
    let kernel = candidates.filter { $0.origin == .kernel }
    let agreeing = kernel.filter(\.differences.isEmpty)
    if !agreeing.isEmpty { return agreeing }
    if !kernel.isEmpty { return kernel }
    let present = candidates.filter { $0.origin == .directory && $0.differences.isEmpty }
    return present.isEmpty ? candidates.filter { $0.origin == .computed } : present
  }

  /// Finds the volumes of a mount.
  ///
  /// - Parameters:
  ///   - mount: the mount.
  ///   - facts: a file on it; AFS tells the volume of each file.
  ///   - nfs: the kernel's line of the same superblock in `/proc/fs/nfsfs/volumes`; nil when there is none.
  ///   - volumes: the volumes that there are.
  ///   - byteOrder: the order of the machine that has it mounted.
  public init(
    _ mount: MountEntry, _ facts: FileFacts?, nfs: NFSVolumeLine?, _ volumes: KnownVolumes,
    byteOrder: ByteOrder = .host
  ) {
    switch mount.netfs {
    case .nfs: matchNFS(mount, nfs, volumes, byteOrder)
    case .cifs: matchCIFS(mount, volumes)
    case .ninep:
      let tag = mount.value(of: "cachetag") ?? mount.value(of: "aname") ?? []
      let name = mount.source + [UInt8(ascii: ",")] + tag
      let key = Array("9p,".utf8) + name.map { $0 == UInt8(ascii: "/") ? UInt8(ascii: ";") : $0 }
      candidates = [volumes.candidate(key: key)]
    case .afs: matchAFS(facts, volumes)
    case .ceph: matchCeph(mount, volumes)
    case .erofs:
      candidates = volumes.candidates { NetfsType(volumeKey: $0.span) == .erofs ? [] : nil }
    case .unknown, nil: reason = "it is not on a network file system that can be cached"
    }
    // Stable: what the kernel or the directory listed first stays first.
    let ranks: [VolumeCandidate.Origin: Int] = [.kernel: 0, .directory: 2, .computed: 4]
    func rank(_ candidate: VolumeCandidate) -> Int {
      (ranks[candidate.origin] ?? 0) + (candidate.differences.isEmpty ? 0 : 1)
    }
    candidates = candidates.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
      .map(\.element)
  }

  // MARK: NFS

  private mutating func matchNFS(
    _ mount: MountEntry, _ line: NFSVolumeLine?, _ volumes: KnownVolumes, _ byteOrder: ByteOrder
  ) {
    let address =
      line.flatMap { IPAddress(hexadecimal: $0.server) } ?? mount.value(of: "addr").flatMap { IPAddress($0) }
    if line == nil { uncertainty = "the file system's number on the server is not known" }
    guard let address else {
      reason = "neither /proc/fs/nfsfs/volumes nor the mount's options tell the server's address"
      return
    }
    let version = Self.version(mount.value(of: "vers"))
    candidates = volumes.candidates { key in
      guard case .nfs(let volume) = NetfsVolume(volumeKey: key.span, byteOrder: byteOrder), volume.address == address
      else { return nil }
      if let line, volume.version != UInt32(clamping: line.version) { return nil }
      if let version, volume.version != version.major || (volume.version == 4 && volume.minorVersion != version.minor) {
        return nil
      }
      // The key of NFSv3 has no port, the table has the one that the connection found.
      if let line, volume.port != 0, Int(volume.port) != line.port { return nil }
      if let line, Array(volume.fsidText.utf8) != line.fileSystem { return nil }
      return Self.differences(volume, mount)
    }
  }

  /// `4.2` and `3`, as in the option `vers`.
  private static func version(_ text: [UInt8]?) -> (major: UInt32, minor: UInt32)? {
    guard let text else { return nil }
    let parts = KernelText.split(text.span, at: UInt8(ascii: "."))
    guard parts.count <= 2, let major = decimal(parts[0], limit: 255) else { return nil }
    if parts.count == 1 { return (major, 0) }
    guard let minor = decimal(parts[1], limit: 255) else { return nil }
    return (major, minor)
  }

  private static func decimal(_ text: [UInt8], limit: UInt32) -> UInt32? {
    VolumeKeyReader.decimal(text.span, limit: limit)
  }

  private static func differences(_ volume: NFSVolume, _ mount: MountEntry) -> [String] {
    var differences: [String] = []
    for (name, option, value) in [("rsize", StaticString("rsize"), volume.rsize), ("wsize", "wsize", volume.wsize)] {
      guard let text = mount.value(of: option), let wanted = decimal(text, limit: .max),
        wanted != value
      else { continue }
      differences.append("\(name) \(value), the mount has \(wanted)")
    }
    let uniquifier = mount.value(of: "fsc")
    if uniquifier != volume.uniquifier {
      differences.append(
        "\(words(volume.uniquifier)), the mount has \(words(uniquifier))")
    }
    let isReadOnly = mount.superOptions.contains(Array("ro".utf8))
    if isReadOnly != (volume.superblockFlags & 1 != 0) {
      differences.append(isReadOnly ? "writable, the mount is read-only" : "read-only, the mount is writable")
    }
    if let security = mount.value(of: "sec").map({ String(decoding: $0, as: UTF8.self) }),
      let name = NFSFlags.authenticationName(volume.authFlavour), name != security
    {
      differences.append("security \(name), the mount has \(EscapedBytes.string(Array(security.utf8)))")
    }
    return differences
  }

  private static func words(_ uniquifier: [UInt8]?) -> String {
    uniquifier.map { "fsc=\(EscapedBytes.string($0))" } ?? "fsc without a name"
  }

  // MARK: The others

  private mutating func matchCIFS(_ mount: MountEntry, _ volumes: KnownVolumes) {
    guard let share = Self.share(of: mount.source) else {
      reason = "the mount's source \(EscapedBytes.quoted(mount.source)) is not //server/share"
      return
    }
    guard let address = mount.value(of: "addr").flatMap({ IPAddress($0) }) else {
      reason = "the mount's options do not tell the server's address"
      return
    }
    let port = mount.value(of: "port").flatMap { Self.decimal($0, limit: 65535) } ?? 445
    candidates = volumes.candidates { key in
      guard case .cifs(let volume) = NetfsVolume(volumeKey: key.span, byteOrder: .little),
        IPAddress(Array(volume.address.utf8)) == address, Self.folded(volume.share) == Self.folded(share)
      else { return nil }
      return volume.port == UInt16(port) ? [] : ["port \(volume.port), the mount has \(port)"]
    }
    if candidates.isEmpty {
      let endpoint = if case .v6 = address { "[\(address)]:\(port)" } else { "\(address):\(port)" }
      candidates = [VolumeCandidate(key: Array("cifs,\(endpoint),".utf8) + share, origin: .computed)]
    }
  }

  /// The share of `//server/share/path`, as the key has it.
  private static func share(of source: [UInt8]) -> [UInt8]? {
    let slash = UInt8(ascii: "/")
    let path = source.map { $0 == UInt8(ascii: "\\") ? slash : $0 }
    let parts = KernelText.split(path.span, at: slash)
    guard parts.count >= 4, parts[0].isEmpty, parts[1].isEmpty, !parts[2].isEmpty, !parts[3].isEmpty else { return nil }
    return parts[3]
  }

  /// Names of shares do not tell upper from lower case: `match_tcon` (fs/smb/client/connect.c).
  private static func folded(_ name: [UInt8]) -> [UInt8] { name.map { (65...90).contains($0) ? $0 + 32 : $0 } }

  private mutating func matchAFS(_ facts: FileFacts?, _ volumes: KnownVolumes) {
    guard case .value(let text) = facts?.afsFile, let file = AFSFileIdentifier(text),
      case .value(let cell) = facts?.afsCell
    else {
      reason = "the attributes afs.fid and afs.cell of the file do not tell its volume"
      return
    }
    let key = Array("afs,".utf8) + cell + [UInt8(ascii: ",")] + Array(String(file.volumeID, radix: 16).utf8)
    candidates = [volumes.candidate(key: key)]
  }

  /// The newer form of the source tells the cluster: `name@fsid.file system=/path`.
  private mutating func matchCeph(_ mount: MountEntry, _ volumes: KnownVolumes) {
    let uniquifier = mount.value(of: "fsc").map { [UInt8(ascii: ",")] + $0 } ?? []
    if let at = mount.source.firstIndex(of: UInt8(ascii: "@")) {
      let fsid = Array(mount.source[(at + 1)...].prefix { $0 != UInt8(ascii: ".") })
      if UUIDText.isLowerCase(fsid.span) {
        candidates = [volumes.candidate(key: Array("ceph,".utf8) + fsid + uniquifier)]
        return
      }
    }
    uncertainty = "the mount's source does not tell the cluster"
    candidates = volumes.candidates { key in
      guard case .ceph(let volume) = NetfsVolume(volumeKey: key.span, byteOrder: .little) else { return nil }
      let isSame = (volume.uniquifier.map { [UInt8(ascii: ",")] + $0 } ?? []) == uniquifier
      return isSame ? [] : ["another fsc="]
    }
  }
}
