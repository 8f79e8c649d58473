// SPDX-License-Identifier: Apache-2.0
import CAttr
import CLinux
import Glibc
import SystemPackage

/// What `statx(2)` tells of a file on a mounted file system: the times in seconds and nanoseconds, as servers keep them.
public struct MountedStatus: Equatable, Sendable {
  /// The file's type.
  public var kind: FileStatus.Kind
  /// The major number of the device, `stx_dev_major`.
  public var deviceMajor: UInt32
  /// The minor number of the device, `stx_dev_minor`.
  public var deviceMinor: UInt32
  /// The inode number, `stx_ino`.
  public var inode: UInt64
  /// The length in bytes, `stx_size`.
  public var size: UInt64
  /// The last change of the data, `stx_mtime`.
  public var modified: Timestamp
  /// The last change of the inode, `stx_ctime`.
  public var changed: Timestamp
  /// The time of birth, `stx_btime`; nil where the file system does not tell.
  public var created: Timestamp?
  /// Whether something is mounted here, or would be when it is entered (`STATX_ATTR_MOUNT_ROOT`, Linux 5.8 and later;
  /// `STATX_ATTR_AUTOMOUNT`).
  public var isMountPoint: Bool

  init(_ raw: borrowing CLinux.statx) {
    kind = FileStatus.Kind(rawValue: UInt8(truncatingIfNeeded: raw.stx_mode >> 12)) ?? .unknown
    deviceMajor = raw.stx_dev_major
    deviceMinor = raw.stx_dev_minor
    inode = raw.stx_ino
    size = raw.stx_size
    modified = Timestamp(raw.stx_mtime)
    changed = Timestamp(raw.stx_ctime)
    created = raw.stx_mask & 0x800 != 0 ? Timestamp(raw.stx_btime) : nil
    isMountPoint = raw.stx_attributes & 0x3000 != 0
  }
}
