// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// One volume of a synthetic cache, and how its cookie keys and records are made.
struct SyntheticVolume: Sendable {
  /// The volume key.
  let key: [UInt8]
  /// How many of 1000 objects it holds; the last volume takes the rest.
  let weight: Int
  /// How its cookie keys look.
  let keys: Keys
  /// The volume's own attribute.
  let record: [UInt8]

  /// The kinds of cookie keys.
  enum Keys: Sendable {
    /// A Linux server's NFS handle with a device fsid: 16 bytes, a `T` name.
    case nfsShort
    /// A Linux server's NFS handle with a uuid fsid: 28 bytes, an `E` name.
    case nfsLong
    /// An opaque handle of 35 bytes: an `E` name.
    case nfsOpaque
    /// AFS: four big-endian words, an `S` name.
    case afs
    /// CIFS: inode, creation time and type, 17 bytes, a `T` name.
    case cifs
    /// 9P: a qid path, a `T` name.
    case ninep
    /// Ceph: inode and snapshot, a `T` name.
    case ceph
    /// EROFS: a blob's digest as text, a `D` name.
    case erofs
  }

  init(_ key: String, _ weight: Int, _ keys: Keys, coherency: [UInt8] = []) {
    self.key = Array(key.utf8)
    self.weight = weight
    self.keys = keys
    record = VolumeRecord(coherency: coherency).bytes
  }

  /// The volumes: a render farm's machine.
  static let all: [SyntheticVolume] = [
    SyntheticVolume("nfs,3.0,2,,1e00a8c0,c4146a6249bbf02a,,,3002c0,100000,100000,2ee,3a98,1d4c,3a98,1", 300, .nfsShort),
    SyntheticVolume("nfs,4.2,2,108,1f00a8c0,1,,,,100000,100000,2ee,3a98,1d4c,3a98,1", 220, .nfsLong),
    SyntheticVolume("nfs,4.2,2,108,1f00a8c0,2,,,,100000,100000,2ee,3a98,1d4c,3a98,1", 100, .nfsLong),
    SyntheticVolume("nfs,4.1,2,108,2000a8c0,98,98,,,100000,100000,bb8,ea60,7530,ea60,1", 60, .nfsOpaque),
    SyntheticVolume("nfs,4.1,a,108,80fe,,,1000000,2a,,1,,100000,100000,2ee,3a98,1d4c,3a98,5f373", 30, .nfsShort),
    SyntheticVolume("afs,example.com,20000009", 120, .afs),
    SyntheticVolume(
      "cifs,192.168.0.40:445,projects", 80, .cifs,
      coherency: [0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x19, 0x8a, 0x0b, 0x4f, 0x79, 0xdd, 0x01, 0xa0, 0x5a, 0xb1, 0x2d]),
    SyntheticVolume("9p,hostshare,scratch", 30, .ninep),
    SyntheticVolume("ceph,3b6f1d2e-55aa-4c0e-9a77-001122334455", 30, .ceph),
    SyntheticVolume("erofs,images", 30, .erofs),
  ]
}
