// SPDX-License-Identifier: Apache-2.0

/// What a volume key says: which network file system, from which server, mounted how.
///
/// Keys are made by the network file systems, each in its own form; the kernel's cache takes any bytes.
public enum NetfsVolume: Equatable, Sendable {
  /// `nfs,…`
  case nfs(NFSVolume)
  /// `afs,…`
  case afs(AFSVolume)
  /// `cifs,…`
  case cifs(CIFSVolume)
  /// `9p,…`
  case ninep(NinePVolume)
  /// `ceph,…`
  case ceph(CephVolume)
  /// `erofs,…`
  case erofs(EROFSVolume)
  /// The key of a known netfs, but not as that netfs makes it. The reason is one line.
  case malformed(NetfsType, reason: String)
  /// No netfs that is known here.
  case unknown

  /// Reads a volume key.
  ///
  /// - Parameters:
  ///   - key: the key without the `I` of the directory name.
  ///   - byteOrder: the order of the machine that wrote the cache; matters for NFS addresses and ports only.
  public init(volumeKey key: Span<UInt8>, byteOrder: ByteOrder) {
    let type = NetfsType(volumeKey: key)
    do throws(VolumeKeyReader.Failure) {
      switch type {
      case .nfs: self = .nfs(try NFSVolume(key, byteOrder))
      case .afs: self = .afs(try AFSVolume(key))
      case .cifs: self = .cifs(try CIFSVolume(key))
      case .ninep: self = .ninep(try NinePVolume(key))
      case .ceph: self = .ceph(try CephVolume(key))
      case .erofs: self = .erofs(try EROFSVolume(key))
      case .unknown: self = .unknown
      }
    } catch {
      self = .malformed(type, reason: error.reason)
    }
  }

  /// The netfs.
  public var type: NetfsType {
    switch self {
    case .nfs: .nfs
    case .afs: .afs
    case .cifs: .cifs
    case .ninep: .ninep
    case .ceph: .ceph
    case .erofs: .erofs
    case .malformed(let type, _): type
    case .unknown: .unknown
    }
  }

  /// The facts in reading order; for a malformed key the one field `problem`.
  public var fields: [NetfsField] {
    switch self {
    case .nfs(let volume): volume.fields
    case .afs(let volume): volume.fields
    case .cifs(let volume): volume.fields
    case .ninep(let volume): volume.fields
    case .ceph(let volume): volume.fields
    case .erofs(let volume): volume.fields
    case .malformed(_, let reason): [NetfsField("problem", .text(reason))]
    case .unknown: []
    }
  }

  /// One plain line for tables and headings; bytes from the disk are escaped.
  public var summary: String {
    switch self {
    case .nfs(let volume): volume.summary
    case .afs(let volume): "AFS  \(EscapedBytes.string(volume.cell))  volume \(volume.volumeID)"
    case .cifs(let volume): "SMB  \(volume.endpointText)  share \(EscapedBytes.string(volume.share))"
    case .ninep(let volume):
      if let device = volume.device, let tag = volume.tag {
        "9P  \(EscapedBytes.string(device))  tag \(EscapedBytes.string(tag))"
      } else {
        "9P  \(EscapedBytes.string(volume.name))"
      }
    case .ceph(let volume):
      "Ceph  fsid \(volume.fsid)" + (volume.uniquifier.map { "  fsc=" + EscapedBytes.string($0) } ?? "")
    case .erofs(let volume): "EROFS  domain \(EscapedBytes.string(volume.domain))"
    case .malformed(let type, let reason): "\(type.rawValue), malformed: \(reason)"
    case .unknown: "unknown netfs"
    }
  }

  /// The server's address without the port, for grouping; nil when the key has none.
  public var server: String? {
    switch self {
    case .nfs(let volume): volume.address.description
    case .cifs(let volume): volume.address
    default: nil
    }
  }

  /// What the server exports, for grouping: fsid, share, cell and volume, tag, domain; escaped.
  public var export: String? {
    switch self {
    case .nfs(let volume): volume.fsidText
    case .afs(let volume): "\(EscapedBytes.string(volume.cell)) \(volume.volumeID)"
    case .cifs(let volume): EscapedBytes.string(volume.share)
    case .ninep(let volume): EscapedBytes.string(volume.tag ?? volume.name)
    case .ceph(let volume): volume.fsid
    case .erofs(let volume): EscapedBytes.string(volume.domain)
    case .malformed, .unknown: nil
    }
  }

  /// The fields that read differently when the cache was written on a machine of the other byte order.
  ///
  /// For a caller who had to assume an order, and wants to print both readings.
  public static func orderSensitiveFields(volumeKey key: Span<UInt8>) -> [OrderSensitiveField] {
    OrderSensitiveField.differences(
      little: NetfsVolume(volumeKey: key, byteOrder: .little).fields,
      big: NetfsVolume(volumeKey: key, byteOrder: .big).fields)
  }
}
