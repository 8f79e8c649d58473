// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
public import SystemPackage

/// Making a file that is a copy of another one, and giving it a name when it is whole.
extension OwnedDescriptor {
  /// Makes this file share all data of another file of the same file system; holes stay holes. Its length becomes the
  /// other's.
  ///
  /// The corresponding C function is `ioctl` with `FICLONE` (`ioctl_ficlone(2)`).
  /// - Throws: `Errno`; EOPNOTSUPP, ENOTTY, EXDEV or EINVAL where the two cannot share.
  public func clone(from source: borrowing OwnedDescriptor) throws(Errno) {
    let from = source.raw
    try perform(.clone) { clinux_clone(raw, from) }
  }

  /// Copies bytes from the same place of another file, as many as the kernel likes to at once.
  ///
  /// The corresponding C function is `copy_file_range`. Holes in the range are written as zeros.
  /// - Returns: the number of bytes; 0 at the end of the other file.
  /// - Throws: `Errno`; EXDEV, EOPNOTSUPP, EINVAL or ENOSYS where the kernel cannot do it for the two.
  public func copyRange(
    from source: borrowing OwnedDescriptor, at offset: UInt64, count: UInt64
  ) throws(Errno) -> UInt64 {
    let from = source.raw
    return try UInt64(
      call(.copyFileRange) {
        var (read, written) = (Int64(offset), Int64(offset))
        return clinux_copy_file_range(from, &read, raw, &written, Int(clamping: min(count, 1 << 30)))
      })
  }

  /// Gives a file that ``openUnnamed()`` made a name, never over something.
  ///
  /// The corresponding C function is `linkat` with `AT_EMPTY_PATH`, and without the privilege for that, of
  /// `/proc/self/fd/N`.
  /// - Throws: `Errno`; EEXIST when the name is taken.
  public func linkUnnamed(to directory: borrowing OwnedDescriptor, _ name: EntryName) throws(Errno) {
    let destination = directory.raw
    try name.withPointer { (new) throws(Errno) in
      do throws(Errno) {
        try perform(.linkat) { linkat(raw, "", destination, new, clinux_AT_EMPTY_PATH) }
      } catch {
        guard error == .noSuchFileOrDirectory else { throw error }
        try perform(.linkat) { linkat(AT_FDCWD, "/proc/self/fd/\(raw)", destination, new, AT_SYMLINK_FOLLOW) }
      }
    }
  }

  /// Writes everything that the kernel still holds of the file system of this file to the disk.
  ///
  /// The corresponding C function is `syncfs`.
  /// - Throws: `Errno`; EIO or ENOSPC when something that was written before did not reach the disk.
  public func synchronizeFileSystem() throws(Errno) {
    try perform(.syncfs) { syncfs(raw) }
  }

  /// Makes the kernel begin to write what it holds of the data of this file, without waiting for it: ``synchronizeFileSystem()`` has less to
  /// wait for then.
  ///
  /// The corresponding C function is `sync_file_range` with `SYNC_FILE_RANGE_WRITE`: advice, whose failure does not matter.
  public func startWriting() { _ = clinux_start_writing(raw) }

  /// Lets the kernel forget the pages of the file that are on the disk, so that the next read comes from there.
  ///
  /// The corresponding C function is `posix_fadvise` with `POSIX_FADV_DONTNEED`: advice, whose failure does not matter.
  public func dropCachedPages() { _ = posix_fadvise(raw, 0, 0, Int32(POSIX_FADV_DONTNEED)) }
}
