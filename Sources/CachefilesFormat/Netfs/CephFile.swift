// SPDX-License-Identifier: Apache-2.0

/// A Ceph cookie key: inode number and snapshot, `struct ceph_vino` in the order of the machine (fs/ceph/cache.c).
public struct CephFile: Equatable, Sendable {
  /// The snapshot number that stands for the live file system: `CEPH_NOSNAP`.
  public static let live: UInt64 = 0xffff_ffff_ffff_fffe
  /// The snapshot number of the hidden snapshot directory: `CEPH_SNAPDIR`.
  public static let snapshotDirectory: UInt64 = 0xffff_ffff_ffff_ffff

  /// The inode number.
  public var inodeNumber: UInt64
  /// The snapshot's number.
  public var snapshot: UInt64

  /// Reads exactly 16 bytes.
  init(_ key: Span<UInt8>, _ byteOrder: ByteOrder) {
    inodeNumber = key.load(UInt64.self, at: 0, byteOrder)
    snapshot = key.load(UInt64.self, at: 8, byteOrder)
  }

  /// The byte order that the key proves: that in which the snapshot is the live file system.
  static func provenByteOrder(_ key: Span<UInt8>) -> ByteOrder? {
    ByteOrder.allCases.first { CephFile(key, $0).snapshot == live }
  }

  /// Whether an inode can have such a version, which counts changes, rather than the one that the same bytes are in the
  /// other order: 512 is credible, and so 2⁴⁹ is not.
  static func isCredible(version: UInt64) -> Bool {
    version < NFSCoherency.incredible && version < version.byteSwapped
  }

  var fields: [NetfsField] {
    let place: NetfsField.Value =
      switch snapshot {
      case Self.live: .text("live")
      case Self.snapshotDirectory: .text("snapshot directory")
      default: .identifier(snapshot)
      }
    return [NetfsField("inode_number", .identifier(inodeNumber)), NetfsField("snapshot", place)]
  }
}
