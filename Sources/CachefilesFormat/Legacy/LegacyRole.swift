// SPDX-License-Identifier: Apache-2.0

/// The place of a cookie in the tree of its netfs, up to Linux 5.16: fs/nfs/fscache-index.c, fs/cifs/cache.c,
/// fs/afs/cache.c, fs/9p/cache.c, fs/ceph/cache.c.
public enum LegacyRole: String, Sendable {
  /// The first level: the name of the netfs.
  case netfs
  /// An NFS or SMB server.
  case server
  /// An NFS superblock: file system and mount options.
  case superblock
  /// An SMB share.
  case share
  /// An AFS cell.
  case cell
  /// An AFS volume.
  case volume
  /// A 9P cache tag.
  case tag
  /// A Ceph cluster.
  case cluster
  /// A file.
  case object
  /// Not known.
  case unknown

  /// The roles of the levels below the first, outermost first.
  static func levels(of type: NetfsType) -> [LegacyRole] {
    switch type {
    case .nfs: [.server, .superblock, .object]
    case .cifs: [.server, .share, .object]
    case .afs: [.cell, .volume, .object]
    case .ninep: [.tag, .object]
    case .ceph: [.cluster, .object]
    case .erofs, .unknown: []
    }
  }
}
