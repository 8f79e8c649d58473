// SPDX-License-Identifier: Apache-2.0

/// What a cookie key says: which file of the server an object caches.
public struct NetfsObject: Equatable, Sendable {
  /// The key as its netfs understands it.
  public enum Identity: Equatable, Sendable {
    /// An NFS file handle.
    case nfs(NFSFileHandle)
    /// An AFS vnode.
    case afs(AFSFile)
    /// An SMB file.
    case cifs(CIFSFile)
    /// A 9P file: the path number of its qid, `v9fs_cache_inode_get_cookie` (fs/9p/cache.c).
    case ninep(qidPath: UInt64)
    /// A Ceph inode.
    case ceph(CephFile)
    /// The name of an EROFS blob.
    case erofs(name: [UInt8])
    /// Bytes that are not understood.
    case opaque([UInt8])
  }

  /// The netfs of the volume.
  public var type: NetfsType
  /// What the key says.
  public var identity: Identity
  /// The key's true length in bytes, nil when it is not known.
  public var keyLength: Int?
  /// Whether the name leaves several lengths open, so that the length above comes from what is known of the netfs.
  public var isLengthInferred: Bool
  /// Why no object of this netfs can have such a key; nil when it can. Such an object is never looked up.
  public var impossibility: String?
  /// The byte order of the machine that wrote the cache, where the key alone proves it.
  public var provenByteOrder: ByteOrder?

  /// Whether an object of this netfs can have such a key.
  public var isPossible: Bool { impossibility == nil }

  /// Reads a cookie key.
  ///
  /// - Parameters:
  ///   - key: the bytes, for `S` and `T` names padded to whole words.
  ///   - keyLengths: the lengths that the key can have, from ``DecodedName``; nil when it has exactly its bytes.
  ///   - type: the netfs of the volume.
  ///   - byteOrder: the order of the machine that wrote the cache; matters for Ceph and the old CIFS keys.
  public init(cookieKey key: Span<UInt8>, keyLengths: ClosedRange<Int>?, in type: NetfsType, byteOrder: ByteOrder) {
    let open = (keyLengths ?? key.count...key.count)
    self.type = type
    keyLength = Self.length(of: key, open: open, in: type)
    isLengthInferred = keyLength != nil && open.count > 1
    guard let length = keyLength, length <= key.count else {
      keyLength = nil
      isLengthInferred = false
      identity = .opaque(key.array)
      if Self.possibleLengths(open, in: type).isEmpty {
        impossibility = Self.impossibility(open, in: type)
      } else if type == .erofs {
        impossibility = "a zero byte in a key of erofs: names of blobs have none"
      }
      return
    }
    let exact = key.extracting(0..<length)
    switch type {
    case .nfs: identity = .nfs(NFSFileHandle(exact))
    case .afs: identity = .afs(AFSFile(exact))
    case .cifs: identity = .cifs(CIFSFile(exact, byteOrder))
    case .ninep: identity = .ninep(qidPath: exact.load(UInt64.self, at: 0, .little))
    case .ceph:
      provenByteOrder = CephFile.provenByteOrder(exact)
      identity = .ceph(CephFile(exact, provenByteOrder ?? byteOrder))
    case .erofs: identity = .erofs(name: exact.array)
    case .unknown: identity = .opaque(exact.array)
    }
  }

  /// The facts in reading order.
  public var fields: [NetfsField] {
    switch identity {
    case .nfs(let handle): handle.fields
    case .afs(let file): file.fields
    case .cifs(let file): file.fields
    case .ninep(let path): [NetfsField("qid_path", .number(path))]
    case .ceph(let file): file.fields
    case .erofs(let name): [NetfsField("blob", .bytes(name))]
    case .opaque(let bytes): [NetfsField("key", .opaque(bytes))]
    }
  }

  /// The one length that the key has: the only one that the name and the netfs allow; for NFS, whose handles may have
  /// any, what the handle itself says, else a whole number of words; for EROFS the bytes up to the first NUL.
  private static func length(of key: Span<UInt8>, open: ClosedRange<Int>, in type: NetfsType) -> Int? {
    let possible = possibleLengths(open, in: type)
    if type == .erofs {
      var end = 0
      while end < key.count, key[end] != 0 { end += 1 }
      return possible.contains(end) ? end : nil
    }
    if possible.count == 1 { return possible[0] }
    guard type == .nfs else { return nil }
    if let told = NFSFileHandle.ganeshaLength(key), possible.contains(told) { return told }
    return possible.first { $0 % 4 == 0 }
  }

  private static func possibleLengths(_ open: ClosedRange<Int>, in type: NetfsType) -> [Int] {
    open.filter { length in type.keyLengths.contains { $0.contains(length) } }
  }

  private static func impossibility(_ open: ClosedRange<Int>, in type: NetfsType) -> String {
    let found = open.count == 1 ? "\(open.lowerBound)" : "\(open.lowerBound) to \(open.upperBound)"
    let wanted = type.keyLengths.map { range in
      range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
    }
    return "a key of \(found) bytes: keys of \(type.rawValue) have \(wanted.joined(separator: " or "))"
  }
}
