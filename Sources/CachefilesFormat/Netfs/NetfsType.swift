// SPDX-License-Identifier: Apache-2.0

/// The network file system that a volume belongs to: the part of the volume key before the first comma.
public enum NetfsType: String, Sendable, CaseIterable {
  /// NFS: `nfs,…`.
  case nfs
  /// AFS (kafs): `afs,<cell>,<volume id>`.
  case afs
  /// SMB: `cifs,<address>:<port>,<share>`.
  case cifs
  /// 9P: `9p,<device>,<cache tag>`.
  case ninep = "9p"
  /// Ceph: `ceph,<fsid>`.
  case ceph
  /// EROFS over on-demand mode, 5.19 to 7.1: `erofs,<domain>`.
  case erofs
  /// Anything else: the kernel uses it when a netfs asks for it.
  case unknown

  /// The type that a volume key tells.
  public init(volumeKey key: Span<UInt8>) {
    var end = 0
    while end < key.count, key[end] != UInt8(ascii: ",") { end += 1 }
    guard end < key.count, end <= 5,
      let type = NetfsType(rawValue: String(decoding: key.extracting(0..<end).array, as: UTF8.self))
    else {
      self = .unknown
      return
    }
    self = type
  }

  /// The type whose lengths of keys and records hold below a volume key: ``unknown`` where the key begins like that of a known netfs, but is
  /// none that it makes. A kernel which makes such keys is newer than what is known here, and may keep other records too.
  public init(rulesOf key: Span<UInt8>) {
    if case .malformed = NetfsVolume(volumeKey: key, byteOrder: .little) {
      self = .unknown
    } else {
      self.init(volumeKey: key)
    }
  }

  /// How many bytes of coherency data the kernel keeps for each object, after the 18 of ``ObjectRecord``; nil when the
  /// netfs is unknown.
  public var objectCoherencyLength: Int? {
    switch self {
    case .nfs: 40
    case .afs, .ceph: 8
    case .cifs: 24
    case .ninep: 4
    case .erofs: 0
    case .unknown: nil
    }
  }

  /// How many bytes of coherency data the kernel keeps for the volume, after the 4 of ``VolumeRecord``; nil when the
  /// netfs is unknown.
  public var volumeCoherencyLength: Int? {
    switch self {
    case .cifs: 20
    case .unknown: nil
    default: 0
    }
  }

  /// Whether a cookie key of this netfs can have one of these lengths, in bytes; any, when the netfs is unknown.
  public func hasKeys(of lengths: ClosedRange<Int>) -> Bool {
    self == .unknown || keyLengths.contains { $0.overlaps(lengths) }
  }

  /// The lengths, in bytes, that cookie keys of this netfs can have.
  public var keyLengths: [ClosedRange<Int>] {
    switch self {
    case .nfs: [1...128]
    case .afs, .ceph: [16...16]
    case .cifs: [8...8, 17...17]
    case .ninep: [8...8]
    case .erofs, .unknown: [1...CookieKey.maximumLength]
    }
  }
}
