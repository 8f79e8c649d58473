// SPDX-License-Identifier: Apache-2.0

/// What the keys of cookies said before Linux 5.17. Numbers are in the order of the machine unless said otherwise.
enum LegacyKeys {
  /// The facts of one key.
  static func fields(_ key: Span<UInt8>, _ role: LegacyRole, in type: NetfsType, _ order: ByteOrder) -> [NetfsField] {
    switch (type, role, key.count) {
    case (_, .netfs, _): [NetfsField("netfs", .bytes(key.array))]
    case (.nfs, .server, _): nfsServer(key, order)
    case (.nfs, .superblock, _): superblock(key, order)
    case (.nfs, .object, 1...128): NFSFileHandle(key).fields
    case (.cifs, .server, 8), (.cifs, .server, 20): endpoint(key, order) ?? opaque(key)
    case (.cifs, .share, _): [NetfsField("share", .bytes(key.array))]
    case (.cifs, .object, 8): CIFSFile(key, order).fields
    case (.afs, .cell, _): [NetfsField("cell", .bytes(key.array))]
    case (.afs, .volume, 8): [NetfsField("volume_id", .number(key.load(UInt64.self, at: 0, order)))]
    case (.afs, .object, 16): afsFile(key, order)
    case (.ninep, .tag, _): [NetfsField("tag", .bytes(key.array))]
    case (.ninep, .object, 8): [NetfsField("qid_path", .number(key.load(UInt64.self, at: 0, order)))]
    case (.ceph, .cluster, 16...): cluster(key)
    case (.ceph, .object, 16): CephFile(key, order).fields
    default: opaque(key)
    }
  }

  /// What a key alone must be, without the levels above it: an NFS server, an NFS superblock, or a file handle that
  /// says which server made it. Nil for everything else: other keys have no form of their own.
  static func guess(_ key: Span<UInt8>, _ kind: LegacyName.Kind) -> (NetfsType, LegacyRole)? {
    switch (kind, key.count) {
    case (.data, 4...128): return NFSFileHandle(key).server == .unknown ? nil : (.nfs, .object)
    case (.index, 10), (.index, 12), (.index, 16), (.index, 22), (.index, 24), (.index, 28):
      return ByteOrder.allCases.contains { isServer(key, $0) } ? (.nfs, .server) : nil
    case (.index, 65...): return key.count == 64 + Int(key[60]) ? (.nfs, .superblock) : nil
    default: return nil
    }
  }

  /// Whether a key reads as an NFS server in one order: a version that exists or none, and an address.
  private static func isServer(_ key: Span<UInt8>, _ order: ByteOrder) -> Bool {
    let version = key.load(UInt16.self, at: 0, order)
    guard version == 0 || (2...4).contains(version) else { return false }
    if version == 0, key.count != 12, key.count != 24 { return false }
    return nfsServer(key, order).contains { $0.name == "address" }
  }

  private static func opaque(_ key: Span<UInt8>) -> [NetfsField] { [NetfsField("key", .opaque(key.array))] }

  /// `struct nfs_server_key` (fs/nfs/fscache-index.c, from 4.17 fs/nfs/fscache.c), in five shapes:
  ///
  /// | bytes | kernels | layout |
  /// |---|---|---|
  /// | 18 | before 2.6.30 was released | address of IPv6, port |
  /// | 12, 24 | to about 4.16 | version, family, port, 2 of padding, address; the first two often 0 |
  /// | 10, 22 | about 4.17 to 5.5 | version, family, port, address |
  /// | 16, 28 | to 5.16 | version, 2 of padding, minor version, family, port, address |
  ///
  /// The old function set version and family and then cleared the buffer, so that both are 0 in what it wrote.
  private static func nfsServer(_ key: Span<UInt8>, _ order: ByteOrder) -> [NetfsField] {
    switch key.count {
    case 18:
      let address = IPAddress.v6(key.load(UInt64.self, at: 0, .big), key.load(UInt64.self, at: 8, .big))
      return [
        NetfsField("address", .text(address.description)),
        NetfsField("port", .number(UInt64(key.load(UInt16.self, at: 16, .big)))),
      ]
    case 12, 24: return serverWithoutMinor(key, addressAt: 8, order) ?? opaque(key)
    case 10, 22: return serverWithoutMinor(key, addressAt: 6, order) ?? opaque(key)
    case 16, 28:
      guard let endpoint = endpoint(key.extracting(8..<key.count), order) else { return opaque(key) }
      let version = key.load(UInt16.self, at: 0, order)
      let minor = key.load(UInt32.self, at: 4, order)
      return [NetfsField("version", .text(version < 4 && minor == 0 ? "\(version)" : "\(version).\(minor)"))] + endpoint
    default: return opaque(key)
    }
  }

  /// Version and family, each possibly 0, port, and an address that goes to the end.
  private static func serverWithoutMinor(
    _ key: Span<UInt8>, addressAt offset: Int, _ order: ByteOrder
  ) -> [NetfsField]? {
    let version = key.load(UInt16.self, at: 0, order)
    let family = key.load(UInt16.self, at: 2, order)
    let isV4 = key.count - offset == 4
    guard version <= 4, family == 0 || family == (isV4 ? 2 : 10) else { return nil }
    let address =
      isV4
      ? IPAddress.v4(key.load(UInt32.self, at: offset, .big))
      : IPAddress.v6(key.load(UInt64.self, at: offset, .big), key.load(UInt64.self, at: offset + 8, .big))
    return (version == 0 ? [] : [NetfsField("version", .text("\(version)"))]) + [
      NetfsField("address", .text(address.description)),
      NetfsField("port", .number(UInt64(key.load(UInt16.self, at: 4, .big)))),
    ]
  }

  /// Family in the machine's order, port and address in network order.
  private static func endpoint(_ key: Span<UInt8>, _ order: ByteOrder) -> [NetfsField]? {
    let address: IPAddress
    switch (key.load(UInt16.self, at: 0, order), key.count) {
    case (2, 8): address = .v4(key.load(UInt32.self, at: 4, .big))
    case (10, 20): address = .v6(key.load(UInt64.self, at: 4, .big), key.load(UInt64.self, at: 12, .big))
    default: return nil
    }
    return [
      NetfsField("address", .text(address.description)),
      NetfsField("port", .number(UInt64(key.load(UInt16.self, at: 2, .big)))),
    ]
  }

  /// `struct nfs_fscache_key` (fs/nfs/fscache.h): 64 bytes and the uniquifier, which has at least one byte and starts at
  /// offset 61; up to about 4.16 it was copied behind the 64 bytes, and the three before it are 0.
  private static func superblock(_ key: Span<UInt8>, _ order: ByteOrder) -> [NetfsField] {
    guard key.count >= 65, key.count == 64 + Int(key[60]) else { return opaque(key) }
    func word(_ offset: Int) -> UInt32 { key.load(UInt32.self, at: offset, order) }
    func number(_ name: String, _ offset: Int) -> NetfsField { NetfsField(name, .number(UInt64(word(offset)))) }
    let flags = UInt32(truncatingIfNeeded: key.load(UInt64.self, at: 0, order))
    let flavour = word(56)
    var fields = [
      NetfsField("fsid_major", .identifier(key.load(UInt64.self, at: 8, order))),
      NetfsField("fsid_minor", .identifier(key.load(UInt64.self, at: 16, order))),
      NetfsField("superblock_flags", .list(NFSFlags.names(of: flags, in: NFSFlags.superblock))),
      NetfsField("mount_flags", .list(NFSFlags.names(of: word(24), in: NFSFlags.mount))),
      number("rsize_bytes", 28), number("wsize_bytes", 32), number("acregmin_jiffies", 36),
      number("acregmax_jiffies", 40), number("acdirmin_jiffies", 44), number("acdirmax_jiffies", 48),
      NetfsField(
        "auth_flavour", NFSFlags.authenticationName(flavour).map { .text($0) } ?? .identifier(UInt64(flavour))),
    ]
    let start = key[61] == 0 && key[62] == 0 && key[63] == 0 ? 64 : 61
    var end = start + Int(key[60])
    while end > start, key[end - 1] == 0 { end -= 1 }
    if end > start { fields.append(NetfsField("uniquifier", .bytes(key.extracting(start..<end).array))) }
    return fields
  }

  private static func afsFile(_ key: Span<UInt8>, _ order: ByteOrder) -> [NetfsField] {
    var fields = [
      NetfsField("vnode", .number(UInt64(key.load(UInt32.self, at: 0, order)))),
      NetfsField("uniquifier", .number(UInt64(key.load(UInt32.self, at: 4, order)))),
    ]
    for (name, offset) in [("vnode_extension_0", 8), ("vnode_extension_1", 12)] {
      let value = key.load(UInt32.self, at: offset, order)
      if value != 0 { fields.append(NetfsField(name, .number(UInt64(value)))) }
    }
    return fields
  }

  private static func cluster(_ key: Span<UInt8>) -> [NetfsField] {
    var fields = [NetfsField("fsid", .text(UUIDText.string(key.extracting(0..<16))))]
    if key.count > 16 { fields.append(NetfsField("uniquifier", .bytes(key.extracting(16..<key.count).array))) }
    return fields
  }
}
