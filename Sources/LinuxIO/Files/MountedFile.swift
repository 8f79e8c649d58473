// SPDX-License-Identifier: Apache-2.0
import CAttr
import CLinux
import Glibc
public import SystemPackage

/// A file on a mounted file system that is only asked about: opened with `O_PATH`, so that the file system does not
/// open it, its cache is not looked at, and no access time changes.
public struct MountedFile: ~Copyable, Sendable {
  private let file: OwnedDescriptor

  /// Finds a file by a path that the user gave; symbolic links are followed.
  ///
  /// The corresponding C function is `open` with `O_PATH`.
  /// - Throws: `Errno`; ENOENT when there is none.
  public init(path: FilePath) throws(Errno) {
    let flags = clinux_O_PATH | O_CLOEXEC
    file = OwnedDescriptor(raw: try call(.open) { path.withPlatformString { Glibc.open($0, flags) } })
  }

  /// Finds an entry of a directory; a symbolic link is not followed.
  ///
  /// The corresponding C function is `openat` with `O_PATH`.
  /// - Throws: `Errno`; ENOENT when there is none.
  public init(_ name: EntryName, in directory: borrowing OwnedDescriptor) throws(Errno) {
    let parent = directory.raw
    let flags = clinux_O_PATH | O_NOFOLLOW | O_CLOEXEC
    file = OwnedDescriptor(
      raw: try name.withPointer { (pointer) throws(Errno) in try call(.openat) { Glibc.openat(parent, pointer, flags) }
      })
  }

  /// The file's path as the kernel knows it, without links; nil when it does not tell.
  public var resolvedPath: [UInt8]? { file.resolvedPath }

  /// The status, and the time of birth where the file system tells it.
  ///
  /// The corresponding C function is `statx` with `STATX_BTIME`.
  /// - Throws: `Errno`; EIO or ESTALE of a server.
  public func status() throws(Errno) -> MountedStatus {
    var raw = CLinux.statx()
    let descriptor = file.raw
    try perform(.statx) {
      clinux_statx(descriptor, "", clinux_AT_EMPTY_PATH | AT_NO_AUTOMOUNT, 0xfff, &raw)
    }
    return MountedStatus(raw)
  }

  /// The handle by which the file system would know the file again.
  ///
  /// The corresponding C function is `name_to_handle_at`.
  /// - Throws: `Errno`; EOPNOTSUPP where the file system has none, EOVERFLOW when it has more than 128 bytes.
  public func handle() throws(Errno) -> MountedHandle {
    var buffer = clinux_file_handle()
    var mount: CInt = 0
    let descriptor = file.raw
    try perform(.nameToHandleAt) { clinux_name_to_handle(descriptor, "", &buffer, &mount) }
    return MountedHandle(&buffer)
  }

  /// The value of an attribute, of at most 4096 bytes.
  ///
  /// The corresponding C function is `getxattr` of `/proc/self/fd/N`: a descriptor of this kind has no `fgetxattr`.
  /// - Throws: `Errno`; ENODATA when there is none, EOPNOTSUPP where the file system has no such attributes.
  public func attribute(_ name: StaticString) throws(Errno) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let path = "/proc/self/fd/\(file.raw)"
    let count = try call(.getxattr) { getxattr(path, name.pointer, &buffer, buffer.count) }
    return Array(buffer[..<count])
  }

  /// Opens it as a directory to list it; its access time stays where that may be asked for.
  ///
  /// The corresponding C function is `openat` with `.`.
  /// - Throws: `Errno`; ENOTDIR when it is none.
  public func openDirectory() throws(Errno) -> OwnedDescriptor {
    do throws(Errno) {
      return try file.reopen()
    } catch {
      guard error == .notPermitted else { throw error }
      let descriptor = file.raw
      return OwnedDescriptor(
        raw: try call(.openat) { Glibc.openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
    }
  }

  /// The path of the file that has a handle, on the file system of this file. Needs `CAP_DAC_READ_SEARCH`.
  ///
  /// The kernel tells a path only when it knows one: that of a file nobody looked up lately is `/`. The caller must see
  /// whether the path leads to the file.
  ///
  /// The corresponding C functions are `open_by_handle_at` with `O_PATH`, `statx` and `readlink`. This file must be
  /// opened for reading by the call, so that it has to be a directory.
  /// - Throws: `Errno`; ESTALE when there is no such file, EPERM without the capability.
  public func open(_ handle: MountedHandle) throws(Errno) -> (status: MountedStatus, path: [UInt8]?) {
    var buffer = clinux_file_handle()
    guard handle.bytes.count <= 128 else { throw .invalidArgument }
    buffer.bytes = UInt32(handle.bytes.count)
    buffer.type = handle.type
    withUnsafeMutableBytes(of: &buffer.handle) { $0.copyBytes(from: handle.bytes) }
    let directory = try openDirectory()
    let descriptor = directory.raw
    let found = OwnedDescriptor(
      raw: try call(.openByHandleAt) { clinux_open_by_handle(descriptor, &buffer, clinux_O_PATH | O_CLOEXEC) })
    var raw = CLinux.statx()
    let number = found.raw
    try perform(.statx) { clinux_statx(number, "", clinux_AT_EMPTY_PATH | AT_NO_AUTOMOUNT, 0xfff, &raw) }
    return (MountedStatus(raw), found.resolvedPath)
  }
}

extension OwnedDescriptor {
  /// The status of an entry of this directory on a mounted file system. Nothing is opened, a symbolic link is not
  /// followed, and nothing is mounted for it.
  ///
  /// The corresponding C function is `statx` with `STATX_BTIME`.
  /// - Throws: `Errno`; ENOENT when there is none, EIO or ESTALE of a server.
  public func mountedStatus(of name: EntryName) throws(Errno) -> MountedStatus {
    var status = CLinux.statx()
    let descriptor = raw
    try name.withPointer { (pointer) throws(Errno) in
      try perform(.statx) {
        clinux_statx(descriptor, pointer, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, 0xfff, &status)
      }
    }
    return MountedStatus(status)
  }

  /// The handle of this file.
  ///
  /// The corresponding C function is `name_to_handle_at` with `AT_EMPTY_PATH`.
  /// - Throws: `Errno`, as ``MountedFile/handle()`` does.
  public func mountedHandle() throws(Errno) -> MountedHandle {
    var buffer = clinux_file_handle()
    var mount: CInt = 0
    let descriptor = raw
    try perform(.nameToHandleAt) { clinux_name_to_handle(descriptor, "", &buffer, &mount) }
    return MountedHandle(&buffer)
  }

  /// The handle of an entry of this directory, which is not opened; a symbolic link is not followed.
  ///
  /// The corresponding C function is `name_to_handle_at`.
  /// - Throws: `Errno`, as ``MountedFile/handle()`` does.
  public func mountedHandle(of name: EntryName) throws(Errno) -> MountedHandle {
    var buffer = clinux_file_handle()
    var mount: CInt = 0
    let descriptor = raw
    try name.withPointer { (pointer) throws(Errno) in
      try perform(.nameToHandleAt) { clinux_name_to_handle(descriptor, pointer, &buffer, &mount) }
    }
    return MountedHandle(&buffer)
  }
}
