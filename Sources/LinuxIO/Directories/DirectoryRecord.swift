// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
public import SystemPackage

/// One record of a directory. It lives as long as the buffer holds it; the name is not copied.
public struct DirectoryRecord: ~Escapable {
  let pointer: UnsafeRawPointer
  /// The inode number, `d_ino`.
  public let inode: UInt64
  /// The kind of file, where the file system tells (`d_type`).
  public let kind: FileStatus.Kind
  private let length: Int

  @inline(__always)
  @_lifetime(borrow buffer)
  init(name: UnsafeRawPointer, inode: UInt64, kind: FileStatus.Kind, in buffer: borrowing DirectoryBuffer) {
    pointer = name
    self.inode = inode
    self.kind = kind
    length = strlen(name.assumingMemoryBound(to: CChar.self))
  }

  /// The name, without its NUL.
  public var name: Span<UInt8> {
    @inline(__always)
    @_lifetime(copy self)
    get {
      let start = pointer.assumingMemoryBound(to: UInt8.self)
      return _overrideLifetime(Span(_unsafeStart: start, count: length), copying: self)
    }
  }

  /// A copy of the name for the `…at` calls; nil when a broken file system gave a name that is no single component.
  public var entryName: EntryName? { EntryName(Array(UnsafeRawBufferPointer(start: pointer, count: length))) }

  /// The status of the entry; a symbolic link is not followed.
  ///
  /// The corresponding C function is `statx`.
  /// - Throws: `Errno`, for example ENOENT when the entry is gone.
  @inline(__always)
  public func status(in directory: borrowing OwnedDescriptor) throws(Errno) -> FileStatus {
    try FileStatus.read(directory.raw, pointer.assumingMemoryBound(to: CChar.self), flags: AT_SYMLINK_NOFOLLOW)
  }

  /// Removes the entry, which is no directory.
  ///
  /// The corresponding C function is `unlinkat`.
  /// - Throws: `Errno`; EISDIR for a directory, EPERM for an immutable file.
  @inline(__always)
  public func unlink(in directory: borrowing OwnedDescriptor) throws(Errno) {
    let descriptor = directory.raw
    let name = pointer.assumingMemoryBound(to: CChar.self)
    try perform(.unlinkat) { unlinkat(descriptor, name, 0) }
  }

  /// Reads an attribute of the entry into a buffer; a symbolic link is not followed.
  ///
  /// The corresponding C function is `getxattrat` (Linux 6.13 and later), before that `openat` and `fgetxattr`.
  @inline(__always)
  public func attribute(
    _ name: StaticString, in directory: borrowing OwnedDescriptor, into buffer: AttributeBuffer
  ) -> AttributeReading {
    directory.readAttribute(name, of: pointer.assumingMemoryBound(to: CChar.self), into: buffer)
  }
}
