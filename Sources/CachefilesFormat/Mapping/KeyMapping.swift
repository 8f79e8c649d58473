// SPDX-License-Identifier: Apache-2.0

/// The cookie keys that a file on a mounted network file system can have, from what can be asked of it.
///
/// A key is never guessed: where the file does not tell enough, there is a reason in words instead.
public enum KeyMapping: Equatable, Sendable {
  /// The keys, the one of current kernels first.
  case keys([[UInt8]])
  /// Why the key is not known, as one line.
  case unknown(String)

  /// The keys; none where they are not known.
  public var keys: [[UInt8]] {
    if case .keys(let keys) = self { keys } else { [] }
  }

  /// Finds the keys of a file.
  ///
  /// - Parameters:
  ///   - facts: what was asked of the file.
  ///   - mount: the mount that it is on.
  ///   - byteOrder: the order of the machine that has it mounted.
  public init(_ facts: FileFacts, on mount: MountEntry, byteOrder: ByteOrder = .host) {
    self.init(facts, in: mount.netfs, on: mount, byteOrder: byteOrder)
  }

  /// The same for one of many files on a mount, whose network file system is known.
  public init(_ facts: FileFacts, in type: NetfsType?, on mount: MountEntry, byteOrder: ByteOrder = .host) {
    guard facts.fileType == FileFacts.regular else {
      self = .unknown(facts.fileType == FileFacts.directory ? "it is a directory" : "it is no regular file")
      return
    }
    switch type {
    case .nfs: self = Self.nfs(facts, byteOrder)
    case .cifs: self = Self.cifs(facts, byteOrder)
    case .ninep: self = Self.ninep(facts)
    case .afs: self = Self.afs(facts)
    case .ceph: self = Self.ceph(facts, mount, byteOrder)
    case .erofs:
      self = .unknown(
        "EROFS caches the blobs of an image, not its files: which blob holds a file is in the image's own tables")
    case .unknown, nil: self = .unknown("it is not on a network file system that can be cached")
    }
  }

  /// The server's handle: `nfs_fscache_init_inode` (fs/nfs/fscache.c) takes `NFS_FH(inode)`.
  private static func nfs(_ facts: FileFacts, _ byteOrder: ByteOrder) -> KeyMapping {
    switch facts.handle {
    case .notAsked: return .unknown("its handle was not asked for")
    case .failed(let reason): return .unknown("its handle cannot be had: \(reason)")
    case .value(let type, let bytes):
      do throws(NFSClientHandle.Failure) {
        let handle = try NFSClientHandle(
          bytes.span, type: type, fileType: facts.fileType, inode: facts.inode, byteOrder: byteOrder)
        return .keys([handle.serverHandle])
      } catch {
        return .unknown("\(error)")
      }
    }
  }

  /// Inode number, creation time and type; before 6.9 the inode number alone: `cifs_fscache_get_inode_cookie`
  /// (fs/smb/client/fscache.c). Where the server tells no creation time the status has none (`cifs_getattr`), and the
  /// key has 0.
  private static func cifs(_ facts: FileFacts, _ byteOrder: ByteOrder) -> KeyMapping {
    var units: UInt64 = 0
    if let created = facts.created {
      guard let time = NTTime(seconds: created.seconds, nanoseconds: created.nanoseconds) else {
        return .unknown("its time of birth is none that SMB has")
      }
      units = time.units
    }
    var key: [UInt8] = []
    key.reserveCapacity(17)
    key.append(facts.inode, .little)
    key.append(units, .little)
    key.append(facts.fileType)
    var old: [UInt8] = []
    old.reserveCapacity(8)
    old.append(facts.inode, byteOrder)
    return .keys([key, old])
  }

  /// The path number of the qid, which is the inode number less 2 where inode numbers have 64 bits: `QID2INO`
  /// (fs/9p/v9fs_vfs.h).
  private static func ninep(_ facts: FileFacts) -> KeyMapping {
    #if _pointerBitWidth(_32)
      return .unknown("this machine folds the server's number of the file into 32 bits")
    #else
      var key: [UInt8] = []
      key.append(facts.inode &- 2, .little)
      return .keys([key])
    #endif
  }

  /// Vnode and uniquifier, from the attribute `afs.fid`: `afs_xattr_get_fid` (fs/afs/xattr.c).
  private static func afs(_ facts: FileFacts) -> KeyMapping {
    switch facts.afsFile {
    case .notAsked: return .unknown("its attribute afs.fid was not asked for")
    case .failed(let reason): return .unknown("its attribute afs.fid cannot be read: \(reason)")
    case .value(let text):
      guard let file = AFSFileIdentifier(text) else {
        return .unknown("its attribute afs.fid is \(EscapedBytes.quoted(text)): not volume:vnode:unique")
      }
      return .keys([file.cookieKey])
    }
  }

  /// Inode number and snapshot: `ceph_fscache_register_inode_cookie` (fs/ceph/cache.c). A file in a snapshot has
  /// another device number than the mount (`ceph_getattr`, fs/ceph/inode.c), and which snapshot it is nobody tells.
  private static func ceph(_ facts: FileFacts, _ mount: MountEntry, _ byteOrder: ByteOrder) -> KeyMapping {
    if facts.device != mount.device { return .unknown("it is in a snapshot, whose number cannot be asked for") }
    if mount.has("ino32") { return .unknown("the mount has ino32, which folds inode numbers into 32 bits") }
    var key: [UInt8] = []
    key.append(facts.inode, byteOrder)
    key.append(CephFile.live, byteOrder)
    return .keys([key])
  }
}
