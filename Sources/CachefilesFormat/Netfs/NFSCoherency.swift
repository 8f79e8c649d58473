// SPDX-License-Identifier: Apache-2.0

/// One reading of NFS coherency data: `struct nfs_fscache_inode_auxdata` (fs/nfs/fscache.h), in the order of the
/// machine, 40 bytes.
struct NFSCoherency {
  /// Seconds and counters of this size belong to no file: 2⁵⁶ s are two thousand million years.
  static let incredible: UInt64 = 1 << 56

  var modifiedSeconds: Int64
  var modifiedNanoseconds: Int64
  var changedSeconds: Int64
  var changedNanoseconds: Int64
  /// NFSv4's change attribute; 0 with NFSv3, which has none.
  var changeAttribute: UInt64

  init(_ bytes: Span<UInt8>, _ order: ByteOrder) {
    modifiedSeconds = Int64(bitPattern: bytes.load(UInt64.self, at: 0, order))
    modifiedNanoseconds = Int64(bitPattern: bytes.load(UInt64.self, at: 8, order))
    changedSeconds = Int64(bitPattern: bytes.load(UInt64.self, at: 16, order))
    changedNanoseconds = Int64(bitPattern: bytes.load(UInt64.self, at: 24, order))
    changeAttribute = bytes.load(UInt64.self, at: 32, order)
  }

  /// Whether the nanoseconds are below 10⁹ and the seconds below 2⁵⁶, as those of every file are.
  var isCredible: Bool {
    [modifiedNanoseconds, changedNanoseconds].allSatisfy { (0..<1_000_000_000).contains($0) }
      && [modifiedSeconds, changedSeconds].allSatisfy { $0.magnitude < Self.incredible }
  }

  var fields: [NetfsField] {
    [
      NetfsField.time("modified", seconds: modifiedSeconds, nanoseconds: modifiedNanoseconds),
      NetfsField.time("changed", seconds: changedSeconds, nanoseconds: changedNanoseconds),
      NetfsField("change_attribute", changeAttribute == 0 ? .text("none") : .identifier(changeAttribute)),
    ]
  }
}
