// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
public import SystemPackage

/// What `statx(2)` tells of a file.
public struct FileStatus: Sendable, Equatable {
  /// The kinds of file, numbered as in `d_type` and in the upper four bits of `st_mode`.
  public enum Kind: UInt8, Sendable {
    case fifo = 1
    case characterDevice = 2
    case directory = 4
    case blockDevice = 6
    case regular = 8
    case symlink = 10
    case socket = 12
    case unknown = 0

    /// In words, for messages.
    public var words: String {
      switch self {
      case .fifo: "a FIFO"
      case .characterDevice: "a character device"
      case .directory: "a directory"
      case .blockDevice: "a block device"
      case .regular: "a regular file"
      case .symlink: "a symbolic link"
      case .socket: "a socket"
      case .unknown: "of unknown type"
      }
    }
  }

  /// The file system's device number: major in the upper 32 bits, minor in the lower.
  ///
  /// The corresponding C fields are `stx_dev_major` and `stx_dev_minor`.
  public var device: UInt64 = 0
  /// The inode number, `stx_ino`.
  public var inode: UInt64 = 0
  /// The type and permission bits, `stx_mode`.
  public var mode: UInt16 = 0
  /// The number of hard links, `stx_nlink`.
  public var links: UInt32 = 0
  /// The owner, `stx_uid`.
  public var owner: UInt32 = 0
  /// The group, `stx_gid`.
  public var group: UInt32 = 0
  /// The length in bytes, `stx_size`.
  public var size: UInt64 = 0
  /// The allocated space in 512-byte units, `stx_blocks`.
  public var blocks: UInt64 = 0
  /// Last access, `stx_atime`.
  public var access = Timestamp(seconds: 0)
  /// Last change of the data, `stx_mtime`.
  public var modification = Timestamp(seconds: 0)
  /// Last change of the inode, `stx_ctime`.
  public var change = Timestamp(seconds: 0)
  /// Attribute bits, `stx_attributes`.
  public var attributes: UInt64 = 0

  /// Makes an empty status.
  public init() {}

  /// The kind of file.
  public var kind: Kind { Kind(rawValue: UInt8(truncatingIfNeeded: mode >> 12)) ?? .unknown }
  /// The permission bits.
  public var permissions: UInt16 { mode & 0o7777 }
  /// The allocated space in bytes.
  public var allocatedBytes: UInt64 { blocks &* 512 }
  /// Whether something is mounted here, as far as it can be told: where the kernel does not say, another device than that of the
  /// root directory counts.
  public func isMounted(below rootDevice: UInt64) -> Bool {
    isMountPoint || (!knowsMountPoints && device != rootDevice)
  }
  /// Whether something is mounted here: `STATX_ATTR_MOUNT_ROOT`, which Linux 5.8 and later tell; before, it is found out for directories
  /// (``MountNumber``).
  @inlinable
  public var isMountPoint: Bool { attributes & Self.mountPointBit != 0 }
  @usableFromInline static let mountPointBit: UInt64 = 0x2000
  /// Whether that can be told. Before Linux 5.8 another device is the only sign of a file that something is mounted on, which
  /// subvolumes and the files of overlays have too.
  public var knowsMountPoints: Bool = true
  /// Whether the file cannot be changed or removed (`STATX_ATTR_IMMUTABLE`).
  @inlinable
  public var isImmutable: Bool { attributes & 0x10 != 0 }
  /// Whether the file can only grow (`STATX_ATTR_APPEND`).
  @inlinable
  public var isAppendOnly: Bool { attributes & 0x20 != 0 }
  /// The inode flag that keeps the file from being changed or removed, in words; nil without one.
  @inlinable
  public var protectingFlag: String? {
    // Asked for each entry of a scan, and nearly never there.
    attributes & 0x30 == 0 ? nil : isImmutable ? "immutable" : "append-only"
  }

  @inline(__always)
  init(_ raw: borrowing CLinux.statx) {
    device = UInt64(raw.stx_dev_major) << 32 | UInt64(raw.stx_dev_minor)
    inode = raw.stx_ino
    mode = raw.stx_mode
    links = raw.stx_nlink
    owner = raw.stx_uid
    group = raw.stx_gid
    size = raw.stx_size
    blocks = raw.stx_blocks
    access = Timestamp(raw.stx_atime)
    modification = Timestamp(raw.stx_mtime)
    change = Timestamp(raw.stx_ctime)
    attributes = raw.stx_attributes
    knowsMountPoints = raw.stx_attributes_mask & Self.mountPointBit != 0
    #if FAULTS
      if FaultPlan.hidesMountPoints {
        knowsMountPoints = false
        attributes &= ~Self.mountPointBit
      }
    #endif
  }

  /// The status of a file by a path that the user gave; symbolic links are followed.
  ///
  /// The corresponding C function is `statx`.
  /// - Throws: `Errno`; ENOENT when there is none.
  public static func of(_ path: FilePath) throws(Errno) -> FileStatus {
    var result: Result<FileStatus, Errno> = .failure(.noSuchFileOrDirectory)
    path.withPlatformString { pointer in
      do throws(Errno) {
        var raw = CLinux.statx()
        try perform(.statx) { clinux_statx(AT_FDCWD, pointer, AT_NO_AUTOMOUNT, 0x7ff, &raw) }
        result = .success(FileStatus(raw))
      } catch {
        result = .failure(error)
      }
    }
    return try result.get()
  }

  /// The status of what a descriptor refers to, with an empty name, or of an entry below it.
  @inline(__always)
  static func read(_ descriptor: CInt, _ name: UnsafePointer<CChar>, flags: CInt) throws(Errno) -> FileStatus {
    var raw = CLinux.statx()
    try perform(.statx) { clinux_statx(descriptor, name, flags | AT_NO_AUTOMOUNT, 0x7ff, &raw) }
    return try FileStatus(raw, of: name, in: descriptor)
  }

  /// The same, and when the file was made; nil where the file system does not keep it.
  static func readWithBirth(
    _ descriptor: CInt, _ name: UnsafePointer<CChar>, flags: CInt
  ) throws(Errno) -> (status: FileStatus, birth: Timestamp?) {
    var raw = CLinux.statx()
    try perform(.statx) { clinux_statx(descriptor, name, flags | AT_NO_AUTOMOUNT, 0xfff, &raw) }
    return (try FileStatus(raw, of: name, in: descriptor), raw.stx_mask & 0x800 != 0 ? Timestamp(raw.stx_btime) : nil)
  }

  /// When a file was made; nil where the file system does not keep it.
  static func birthTime(
    _ descriptor: CInt, _ name: UnsafePointer<CChar>, flags: CInt
  ) throws(Errno) -> Timestamp? {
    let mask: UInt32 = 0x800
    var raw = CLinux.statx()
    try perform(.statx) { clinux_statx(descriptor, name, flags | AT_NO_AUTOMOUNT, mask, &raw) }
    return raw.stx_mask & mask != 0 ? Timestamp(raw.stx_btime) : nil
  }
}

extension Timestamp {
  @inline(__always)
  init(_ time: statx_timestamp) { self.init(seconds: time.tv_sec, nanoseconds: time.tv_nsec) }
}
