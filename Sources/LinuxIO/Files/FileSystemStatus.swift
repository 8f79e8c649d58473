// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
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

  /// The mount flags, `f_flags`.
  public var flags: UInt64

  /// Whether it is mounted read-only (`ST_RDONLY`).
  public var isReadOnly: Bool { flags & 0x1 != 0 }
  /// Whether reading a file leaves its access time alone (`ST_NOATIME`).
  public var hasNoAccessTimes: Bool { flags & 0x400 != 0 }
  /// Whether access times move once a day only (`ST_RELATIME`).
  public var hasRelativeAccessTimes: Bool { flags & 0x1000 != 0 }

  /// The size of a memory page of this machine in bytes. The corresponding C function is `sysconf(_SC_PAGESIZE)`.
  public static var pageSize: UInt64 { UInt64(max(1, sysconf(Int32(_SC_PAGESIZE)))) }

  /// Why no kernel binds a cache on the file system, whatever can be done on it otherwise; nil where nothing is known
  /// against it.
  ///
  /// Measured on 6.1 and 6.12: `Failed to register: -95` on tmpfs and ramfs, which have no `sync_fs`, and on overlayfs on
  /// 6.1; 6.12 binds on overlayfs and finds its objects again. `cachefiles_add_cache` asks for an inode operation
  /// `tmpfile` from 5.17 on; that of overlayfs takes a `struct mnt_idmap`, and so came with 6.3 or later.
  public func refusal(by kernel: KernelRelease?) -> String? {
    switch typeName {
    case "tmpfs", "ramfs": "a file system in memory: the kernel refuses to bind a cache on it (error -95)"
    case "overlayfs":
      kernel.map { $0 >= KernelRelease(5, 17) && $0 < KernelRelease(6, 3) } == true
        ? "this kernel refuses to bind a cache on it (error -95)" : nil
    default: nil
    }
  }

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
      freeFiles: UInt64(raw.f_ffree),
      flags: UInt64(truncatingIfNeeded: raw.f_flags))
  }
}
