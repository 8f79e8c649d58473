import CLinux
public import SystemPackage

/// What `fstatfs(2)` tells of a file system.
public struct FileSystemStatus: Sendable, Equatable {
  /// The magic number of the type, `f_type`.
  public var magic: UInt64
  /// The size of a block in bytes, `f_bsize`.
  public var blockSize: UInt64
  /// The number of blocks, `f_blocks`.
  public var blocks: UInt64
  /// The blocks that everybody can use, `f_bavail`.
  public var availableBlocks: UInt64
  /// The free blocks, reserved ones included, `f_bfree`.
  public var freeBlocks: UInt64
  /// The number of files, 0 where it is not limited (btrfs), `f_files`.
  public var files: UInt64
  /// The number of files that can still be made, `f_ffree`.
  public var freeFiles: UInt64

  /// The name of the type, for the common ones.
  public var typeName: String {
    switch magic {
    case 0xef53: "ext4"
    case 0x5846_5342: "xfs"
    case 0x9123_683e: "btrfs"
    case 0x0102_1994: "tmpfs"
    case 0xf2f5_2010: "f2fs"
    case 0x2fc1_2fc1: "zfs"
    case 0x794c_7630: "overlayfs"
    case 0x8584_58f6: "ramfs"
    case 0x0102_1997: "9p"
    case 0x6969: "nfs"
    case 0xca45_1a4e: "bcachefs"
    default: "0x\(String(magic, radix: 16))"
    }
  }
}

extension OwnedDescriptor {
  /// The state of the file system that this file is on.
  ///
  /// The corresponding C function is `fstatfs`.
  /// - Throws: `Errno`.
  public func fileSystem() throws(Errno) -> FileSystemStatus {
    var raw = statfs()
    try perform(.fstatfs) { fstatfs(self.raw, &raw) }
    return FileSystemStatus(
      magic: UInt64(truncatingIfNeeded: raw.f_type) & 0xffff_ffff,
      blockSize: UInt64(truncatingIfNeeded: raw.f_bsize), blocks: UInt64(raw.f_blocks),
      availableBlocks: UInt64(raw.f_bavail), freeBlocks: UInt64(raw.f_bfree), files: UInt64(raw.f_files),
      freeFiles: UInt64(raw.f_ffree))
  }
}
