// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
public import SystemPackage

/// An open file or directory, closed when the value goes away.
///
/// Everything below a directory is reached through its descriptor and a single ``EntryName``, never following a
/// symbolic link, so nothing that changes on the disk meanwhile can lead elsewhere.
public struct OwnedDescriptor: ~Copyable, Sendable {
  /// The descriptor's number.
  let raw: CInt

  init(raw: CInt) { self.raw = raw }

  deinit { _ = Glibc.close(raw) }

  /// How to open an entry.
  public enum Mode: Sendable {
    /// A directory, to list it and to work below it; its access time stays as it is (`O_NOATIME`).
    case directory
    /// A regular file, to look at it; its access time stays as it is. A FIFO does not block.
    case inspect
    /// The same past the memory that the kernel keeps of it (`O_DIRECT`): what is read is what the disk has.
    case inspectDirect
    /// A new regular file for writing, with these permissions; fails when the name exists.
    case create(permissions: UInt16)
    /// An existing regular file for writing.
    case write
    /// A new regular file without a name in the directory that is named; it is gone when it closes. Nobody can see it,
    /// and the directory stays as it is.
    case unnamed
    /// A directory, only to ask for its status and for what is above it; no permission on it is needed (`O_PATH`).
    case place

    var flags: CInt {
      switch self {
      case .directory: O_RDONLY | O_DIRECTORY | clinux_O_NOATIME
      case .inspect: O_RDONLY | O_NONBLOCK | O_NOCTTY | clinux_O_NOATIME
      case .inspectDirect: O_RDONLY | O_NONBLOCK | O_NOCTTY | clinux_O_NOATIME | clinux_O_DIRECT
      case .create: O_RDWR | O_CREAT | O_EXCL
      case .write: O_RDWR | O_NONBLOCK | O_NOCTTY
      case .unnamed: O_RDWR | clinux_O_TMPFILE
      case .place: O_DIRECTORY | clinux_O_PATH
      }
    }

    var permissions: mode_t {
      switch self {
      case .create(let permissions): mode_t(permissions)
      case .unnamed: 0o600
      default: 0
      }
    }
  }

  /// Opens a directory by a path that the user gave; symbolic links in that path are followed.
  ///
  /// The corresponding C function is `open`.
  /// - Parameter keepsAccessTime: whether its access time stays as it is, which only its owner and root may ask for.
  /// - Throws: `Errno`; EPERM when its access time cannot be kept because it belongs to somebody else.
  public init(directory path: FilePath, keepsAccessTime: Bool = true) throws(Errno) {
    let flags = (keepsAccessTime ? Mode.directory.flags : O_RDONLY | O_DIRECTORY) | O_CLOEXEC
    raw = try call(.open) { path.withPlatformString { Glibc.open($0, flags) } }
  }

  /// Opens an entry of this directory; a symbolic link gives `ELOOP` or `ENOTDIR`.
  ///
  /// The corresponding C function is `openat`.
  /// - Throws: `Errno`; EPERM when its access time cannot be kept because it belongs to somebody else.
  public func open(_ name: EntryName, _ mode: Mode) throws(Errno) -> OwnedDescriptor {
    OwnedDescriptor(raw: try name.withPointer { (pointer) throws(Errno) in try openEntry(pointer, mode) })
  }

  /// The number of the new descriptor.
  func openEntry(_ name: UnsafePointer<CChar>, _ mode: Mode) throws(Errno) -> CInt {
    let flags = mode.flags | O_NOFOLLOW | O_CLOEXEC
    let permissions = mode.permissions
    return try call(.openat) { Glibc.openat(raw, name, flags, permissions) }
  }

  /// The status of the open file.
  ///
  /// The corresponding C function is `statx` with `AT_EMPTY_PATH`.
  /// - Throws: `Errno`.
  public func status() throws(Errno) -> FileStatus {
    try FileStatus.read(raw, "", flags: clinux_AT_EMPTY_PATH)
  }

  /// The status of an entry of this directory; a symbolic link is not followed.
  ///
  /// The corresponding C function is `statx` with `AT_SYMLINK_NOFOLLOW`.
  /// - Throws: `Errno`; ENOENT when there is no such entry.
  public func status(of name: EntryName) throws(Errno) -> FileStatus {
    try name.withPointer { (pointer) throws(Errno) in
      try FileStatus.read(raw, pointer, flags: AT_SYMLINK_NOFOLLOW)
    }
  }

  /// When the open file was made; nil where the file system does not keep it. With the inode it
  /// tells a file from a later one that got the same number.
  ///
  /// The corresponding C function is `statx` with `STATX_BTIME`.
  public func birthTime() throws(Errno) -> Timestamp? {
    try FileStatus.birthTime(raw, "", flags: clinux_AT_EMPTY_PATH)
  }

  /// The status of an entry of this directory and when it was made, in one call; a symbolic link is not followed.
  ///
  /// The corresponding C function is `statx` with `STATX_BTIME`.
  /// - Throws: `Errno`; ENOENT when there is no such entry.
  public func statusWithBirth(of name: EntryName) throws(Errno) -> (status: FileStatus, birth: Timestamp?) {
    try name.withPointer { (pointer) throws(Errno) in
      try FileStatus.readWithBirth(raw, pointer, flags: AT_SYMLINK_NOFOLLOW)
    }
  }

  /// The same of the open file.
  public func statusWithBirth() throws(Errno) -> (status: FileStatus, birth: Timestamp?) {
    try FileStatus.readWithBirth(raw, "", flags: clinux_AT_EMPTY_PATH)
  }

  /// The status of the directory above this one, wherever it stands now, to know it again: whether something is mounted there is not asked.
  /// The corresponding C function is `statx` with `..`.
  ///
  /// - Throws: `Errno`.
  public func parentStatus() throws(Errno) -> FileStatus { try FileStatus.read(raw, "..", flags: AT_SYMLINK_NOFOLLOW) }

  /// Another descriptor of the same open file.
  ///
  /// The corresponding C function is `fcntl` with `F_DUPFD_CLOEXEC`.
  /// - Throws: `Errno`; EMFILE when no more descriptors may be open.
  public func duplicate() throws(Errno) -> OwnedDescriptor {
    OwnedDescriptor(raw: try call(.dup) { fcntl(raw, F_DUPFD_CLOEXEC, 0) })
  }

  /// This directory opened once more, with a position of its own: two descriptors of one open file share theirs.
  ///
  /// The corresponding C function is `openat` with `.`.
  /// - Throws: `Errno`.
  public func reopen() throws(Errno) -> OwnedDescriptor {
    OwnedDescriptor(raw: try openEntry(".", .directory))
  }

  /// A new regular file without a name, on the file system of this directory; it is gone when it closes.
  ///
  /// The corresponding C function is `openat` with `O_TMPFILE`, the call by which the kernel's cache makes its objects.
  public func openUnnamed() throws(Errno) -> OwnedDescriptor {
    OwnedDescriptor(raw: try openEntry(".", .unnamed))
  }

  /// The directory above this one. The corresponding C function is `openat` with `..`.
  public func openParent(_ mode: Mode = .directory) throws(Errno) -> OwnedDescriptor {
    OwnedDescriptor(raw: try openEntry("..", mode))
  }

  /// The path of the open file as the kernel knows it, as bytes; nil when it does not tell.
  ///
  /// The corresponding C function is `readlink` of `/proc/self/fd/N`.
  public var resolvedPath: [UInt8]? {
    var buffer = [CChar](repeating: 0, count: 65536)
    let count = readlink("/proc/self/fd/\(raw)", &buffer, buffer.count)
    guard count > 0, buffer[0] == CChar(bitPattern: UInt8(ascii: "/")) else { return nil }
    return buffer[..<count].map { UInt8(bitPattern: $0) }
  }
}
