// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
public import SystemPackage

/// The flags of an inode that `chattr(1)` shows.
public struct InodeFlags: OptionSet, Sendable {
  /// The bits as the kernel has them (`FS_…_FL`).
  public let rawValue: UInt32

  /// Wraps bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// `FS_IMMUTABLE_FL`: it can be neither changed, renamed nor removed.
  public static let immutable = InodeFlags(rawValue: clinux_FS_IMMUTABLE_FL)
  /// `FS_APPEND_FL`: it can only grow.
  public static let appendOnly = InodeFlags(rawValue: clinux_FS_APPEND_FL)
  /// `FS_CASEFOLD_FL`: names in this directory are the same whatever their case.
  public static let caseFolding = InodeFlags(rawValue: clinux_FS_CASEFOLD_FL)
}

extension OwnedDescriptor {
  /// The flags of the open file; none where the file system has no such flags.
  ///
  /// The corresponding C function is `ioctl` with `FS_IOC_GETFLAGS`.
  public func inodeFlags() throws(Errno) -> InodeFlags {
    var flags: UInt32 = 0
    do throws(Errno) {
      try perform(.ioctl) { clinux_get_inode_flags(raw, &flags) }
    } catch {
      guard error == .inappropriateIOCTLForDevice || error == .notSupported else { throw error }
      return []
    }
    return InodeFlags(rawValue: flags)
  }

  /// Sets the flags of the open file. The corresponding C function is `ioctl` with `FS_IOC_SETFLAGS`.
  public func setInodeFlags(_ flags: InodeFlags) throws(Errno) {
    var raw = flags.rawValue
    try perform(.setFlags) { clinux_set_inode_flags(self.raw, &raw) }
  }
}
