// SPDX-License-Identifier: Apache-2.0
import Glibc
public import SystemPackage

/// Character devices, told by their numbers: the path of an open one depends on the mount namespace in which it was opened, which
/// may be gone.
public enum CharacterDevice {
  /// The number of the device that a path leads to; nil where it leads to none. The corresponding C function is `stat`.
  public static func number(_ path: FilePath) -> UInt64? {
    var status = stat()
    return path.withPlatformString { stat($0, &status) } == 0 ? number(status) : nil
  }

  /// The number of an open one; nil of anything else. The corresponding C function is `fstat`.
  public static func number(of file: borrowing OwnedDescriptor) -> UInt64? {
    var status = stat()
    return fstat(file.raw, &status) == 0 ? number(status) : nil
  }

  /// The number of the one that an entry of a directory leads to, links followed; nil of anything else, and of what is gone. The
  /// corresponding C function is `fstatat`.
  static func number(of name: EntryName, in directory: borrowing OwnedDescriptor) throws(Errno) -> UInt64? {
    var status = stat()
    do throws(Errno) {
      try name.withPointer { (pointer) throws(Errno) in
        try perform(.fstatat) { fstatat(directory.raw, pointer, &status, 0) }
      }
    } catch {
      if error == .noSuchFileOrDirectory || error == .noSuchProcess { return nil }
      throw error
    }
    return number(status)
  }

  private static func number(_ status: stat) -> UInt64? {
    status.st_mode & S_IFMT == S_IFCHR ? UInt64(status.st_rdev) : nil
  }
}
