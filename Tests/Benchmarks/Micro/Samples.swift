// SPDX-License-Identifier: Apache-2.0

/// What the loops work on: keys like those of network file systems, attributes, and keys of volumes.
enum Samples {
  /// How many of each.
  static let count = 10_000

  /// A quarter each: text (9P and EROFS name things so), 8 bytes of a small number (9P), 16 bytes of two (AFS, Ceph), and
  /// 16 to 40 bytes without a pattern (NFS). All four encodings come up.
  static let keys: [[UInt8]] = {
    var random = FixedRandom(seed: 1)
    return (0..<count).map { index in
      switch index % 4 {
      case 0: (0..<Int.random(in: 4...32, using: &random)).map { _ in UInt8.random(in: 0x30...0x7e, using: &random) }
      case 1: bytes(UInt64.random(in: 0..<1 << 24, using: &random).littleEndian)
      case 2: bytes(UInt64.random(in: 0..<1 << 20, using: &random).bigEndian) + bytes(UInt64(index).bigEndian)
      default: (0..<Int.random(in: 16...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      }
    }
  }()

  /// Keys of volumes, of the lengths that NFS, AFS and SMB have.
  static let volumes: [[UInt8]] = (0..<count).map { index in
    switch index % 3 {
    case 0: Array("nfs,3.0,2,,1,\(index * 7),7f000001,,,300,100000,100000,bb8,ea60,7530,ea60,1".utf8)
    case 1: Array("afs,cell\(index).example.org,2000\(index)".utf8)
    default: Array("cifs,ipv4,192.0.2.\(index % 256),share\(index)".utf8)
    }
  }

  /// Attributes of objects with the coherency data of NFS.
  static let records: [[UInt8]] = {
    var random = FixedRandom(seed: 2)
    return (0..<count).map { _ in
      bytes(UInt64.random(in: 0..<1 << 32, using: &random).bigEndian) + bytes(UInt64(0)) + [1, 1]
        + (0..<40).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
  }()

  private static func bytes(_ number: UInt64) -> [UInt8] { withUnsafeBytes(of: number) { Array($0) } }
}
