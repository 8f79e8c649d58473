// SPDX-License-Identifier: Apache-2.0

/// An AFS cookie key: four big-endian words of 32 bits, made by `afs_get_inode_cache` (fs/afs/inode.c).
public struct AFSFile: Equatable, Sendable {
  /// The low 64 bits of the vnode number.
  public var vnode: UInt64
  /// The vnode's uniquifier.
  public var uniquifier: UInt32
  /// Bits 64 to 95 of the vnode number.
  public var vnodeHigh: UInt32

  /// Reads exactly 16 bytes.
  init(_ key: Span<UInt8>) {
    vnode = UInt64(key.load(UInt32.self, at: 0, .big)) | UInt64(key.load(UInt32.self, at: 8, .big)) << 32
    uniquifier = key.load(UInt32.self, at: 4, .big)
    vnodeHigh = key.load(UInt32.self, at: 12, .big)
  }

  var fields: [NetfsField] {
    var fields = [NetfsField("vnode", .number(vnode)), NetfsField("uniquifier", .number(UInt64(uniquifier)))]
    if vnodeHigh != 0 { fields.append(NetfsField("vnode_high", .number(UInt64(vnodeHigh)))) }
    return fields
  }
}
