// SPDX-License-Identifier: Apache-2.0

/// The name that a netfs gave to a kind of cookie before Linux 5.17: `struct fscache_cookie_def`, printed in braces in
/// the kernel's log (`{NFS.server}`) and as a column of its tables.
public struct LegacyDefinition: Equatable, Sendable {
  /// The name, such as `NFS.fh`.
  public var name: [UInt8]
  /// The netfs.
  public var type: NetfsType
  /// The place of such a cookie in the tree of the netfs.
  public var role: LegacyRole
  /// Whether it is an index or data; nil for a name that is not known.
  public var kind: LegacyName.Kind?

  /// fs/nfs/fscache-index.c, fs/cifs/cache.c, fs/afs/cache.c, fs/9p/cache.c, fs/ceph/cache.c, fs/fscache/fsdef.c.
  private static let known: [(name: StaticString, type: NetfsType, role: LegacyRole, kind: LegacyName.Kind)] = [
    ("nfs.server", .nfs, .server, .index), ("nfs.super", .nfs, .superblock, .index), ("nfs.fh", .nfs, .object, .data),
    ("cifs.server", .cifs, .server, .index), ("cifs.super", .cifs, .share, .index),
    ("cifs.uniqueid", .cifs, .object, .data), ("afs.cell", .afs, .cell, .index), ("afs cell", .afs, .cell, .index),
    ("afs.volume", .afs, .volume, .index), ("afs.vnode", .afs, .object, .data), ("9p.session", .ninep, .tag, .index),
    ("9p.inode", .ninep, .object, .data), ("ceph.fsid", .ceph, .cluster, .index), ("ceph.inode", .ceph, .object, .data),
    ("fsdef.netfs", .unknown, .netfs, .index),
  ]

  /// Reads a name; upper and lower case are the same. A name that is not known has no kind.
  public init(name: [UInt8]) {
    self.name = name
    let lower = name.map { (65...90).contains($0) ? $0 + 32 : $0 }
    let entry = Self.known.first { lower == Array($0.name.description.utf8) }
    type = entry?.type ?? .unknown
    role = entry?.role ?? .unknown
    kind = entry?.kind
  }

  /// Whether a word has the form of a definition's name: it has a dot within and is no number.
  static func isName(_ word: [UInt8]) -> Bool {
    guard let dot = word.firstIndex(of: UInt8(ascii: ".")), dot < word.count - 1, word.last != UInt8(ascii: ".") else {
      return false
    }
    return word.allSatisfy { byte in
      (65...90).contains(byte) || (97...122).contains(byte) || (48...57).contains(byte)
        || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    } && word.contains { (65...90).contains($0) || (103...122).contains($0) }
  }
}
