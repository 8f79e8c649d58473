// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
public import SystemPackage

extension OwnedDescriptor {
  /// Makes a directory.
  ///
  /// The corresponding C function is `mkdirat`.
  /// - Throws: `Errno`; EEXIST when the name is taken.
  public func makeDirectory(_ name: EntryName, permissions: UInt16) throws(Errno) {
    try name.withPointer { (pointer) throws(Errno) in
      try perform(.mkdirat) { mkdirat(raw, pointer, mode_t(permissions)) }
    }
  }

  /// Makes a symbolic link.
  ///
  /// The corresponding C function is `symlinkat`.
  /// - Throws: `Errno`; EEXIST when the name is taken.
  public func makeSymlink(_ name: EntryName, to target: StaticString) throws(Errno) {
    try name.withPointer { (pointer) throws(Errno) in
      try perform(.symlinkat) { symlinkat(target.description, raw, pointer) }
    }
  }

  /// Removes an entry that is no directory.
  ///
  /// The corresponding C function is `unlinkat`.
  /// - Throws: `Errno`; EISDIR for a directory, EPERM for an immutable file.
  public func unlink(_ name: EntryName) throws(Errno) {
    try name.withPointer { (pointer) throws(Errno) in try perform(.unlinkat) { unlinkat(raw, pointer, 0) } }
  }

  /// Removes an empty directory.
  ///
  /// The corresponding C function is `unlinkat` with `AT_REMOVEDIR`.
  /// - Throws: `Errno`; ENOTEMPTY when it is not empty, EBUSY when a kernel's cache holds it or something is mounted there.
  public func removeDirectory(_ name: EntryName) throws(Errno) {
    try name.withPointer { (pointer) throws(Errno) in
      try perform(.rmdir) { unlinkat(raw, pointer, AT_REMOVEDIR) }
    }
  }

  /// Sets the length in bytes.
  ///
  /// The corresponding C function is `ftruncate`.
  /// - Throws: `Errno`.
  public func truncate(to size: Int64) throws(Errno) {
    try perform(.ftruncate) { ftruncate(raw, off_t(size)) }
  }

  /// Sets the access and modification times. What the file system cannot keep is rounded by the kernel, see
  /// ``TimeResolution``.
  ///
  /// The corresponding C function is `futimens`.
  /// - Throws: `Errno`.
  public func setTimes(access: Timestamp, modification: Timestamp) throws(Errno) {
    let times = [Self.specification(access), Self.specification(modification)]
    try perform(.futimens) { futimens(raw, times) }
  }

  /// Sets the permission bits.
  ///
  /// The corresponding C function is `fchmod`.
  /// - Throws: `Errno`.
  public func setPermissions(_ permissions: UInt16) throws(Errno) {
    try perform(.fchmod) { fchmod(raw, mode_t(permissions)) }
  }

  /// Sets the owner and group.
  ///
  /// The corresponding C function is `fchown`.
  /// - Throws: `Errno`.
  public func setOwner(_ owner: UInt32, group: UInt32) throws(Errno) {
    try perform(.fchown) { fchown(raw, owner, group) }
  }

  /// Writes the first bytes of an array at an offset.
  ///
  /// The corresponding C function is `pwrite`.
  /// - Throws: `Errno`; some of the bytes may have been written.
  public func write(_ bytes: [UInt8], at offset: Int64, count: Int) throws(Errno) {
    var done = 0
    while done < count {
      let start = done
      done += try call(.pwrite) {
        bytes.withUnsafeBytes { pwrite(raw, $0.baseAddress.map { $0 + start }, count - start, off_t(offset) + start) }
      }
    }
  }

  /// Sets the permission bits of an entry.
  ///
  /// The corresponding C function is `fchmodat`.
  /// - Throws: `Errno`; ENOTSUP for a symbolic link.
  public func setPermissions(of name: EntryName, _ permissions: UInt16) throws(Errno) {
    try name.withPointer { (pointer) throws(Errno) in
      try perform(.fchmod) { fchmodat(raw, pointer, mode_t(permissions), AT_SYMLINK_NOFOLLOW) }
    }
  }

  /// Makes a directory by a path that the user gave; false when the name is taken.
  ///
  /// The corresponding C function is `mkdir`.
  /// - Throws: `Errno`.
  public static func makeDirectory(path: FilePath, permissions: UInt16) throws(Errno) -> Bool {
    do throws(Errno) {
      try perform(.mkdirat) { path.withPlatformString { mkdir($0, mode_t(permissions)) } }
      return true
    } catch {
      guard error == .fileExists else { throw error }
      return false
    }
  }

  /// Removes an empty directory by a path that the user gave.
  ///
  /// The corresponding C function is `rmdir`.
  /// - Throws: `Errno`; ENOTEMPTY when it is not empty.
  public static func removeDirectory(path: FilePath) throws(Errno) {
    try perform(.rmdir) { path.withPlatformString { rmdir($0) } }
  }

  private static func specification(_ time: Timestamp) -> timespec {
    timespec(tv_sec: Int(time.seconds), tv_nsec: Int(time.nanoseconds))
  }
}
