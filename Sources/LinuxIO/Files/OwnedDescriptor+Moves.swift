// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
public import SystemPackage

extension OwnedDescriptor {
  /// What a rename does when the new name exists.
  public enum RenameRule: Sendable {
    /// It fails with EEXIST.
    case keepExisting
    /// The two change places.
    case exchange
    /// The old file of the new name goes.
    case replace

    var flags: UInt32 {
      switch self {
      case .keepExisting: clinux_RENAME_NOREPLACE
      case .exchange: clinux_RENAME_EXCHANGE
      case .replace: 0
      }
    }
  }

  /// Moves an entry of this directory to another directory of the same file system, over nothing unless the rule says so.
  ///
  /// The corresponding C function is `renameat2`.
  public func rename(
    _ name: EntryName, to directory: borrowing OwnedDescriptor, _ newName: EntryName, _ rule: RenameRule = .keepExisting
  ) throws(Errno) {
    let destination = directory.raw
    try name.withPointer { (old) throws(Errno) in
      try newName.withPointer { (new) throws(Errno) in
        try perform(.renameat2) { clinux_renameat2(raw, old, destination, new, rule.flags) }
      }
    }
  }

  /// Gives an entry that is no directory one more name. The corresponding C function is `linkat`.
  public func link(
    _ name: EntryName, to directory: borrowing OwnedDescriptor, _ newName: EntryName
  ) throws(Errno) {
    let destination = directory.raw
    try name.withPointer { (old) throws(Errno) in
      try newName.withPointer { (new) throws(Errno) in
        try perform(.linkat) { linkat(raw, old, destination, new, 0) }
      }
    }
  }

  /// Goes back to the first entry of a directory. The corresponding C function is `lseek`.
  public func rewind() throws(Errno) {
    try perform(.lseek) { lseek(raw, 0, SEEK_SET) }
  }

  /// Takes the advisory lock of the open file for this process. False when another holds it.
  ///
  /// The lock goes with the descriptor and leaves nothing on the disk. The corresponding C function is `flock` with
  /// `LOCK_EX | LOCK_NB`.
  public func lock() throws(Errno) -> Bool { try lock(LOCK_EX) }

  /// The same for as many as like, but for nobody who wants it alone: `LOCK_SH | LOCK_NB`.
  public func lockShared() throws(Errno) -> Bool { try lock(LOCK_SH) }

  private func lock(_ kind: CInt) throws(Errno) -> Bool {
    do throws(Errno) {
      try perform(.flock) { flock(raw, kind | LOCK_NB) }
      return true
    } catch {
      guard error == .wouldBlock else { throw error }
      return false
    }
  }

  /// Gives the lock back, also where a process that was forked meanwhile has a copy of the descriptor.
  ///
  /// The corresponding C function is `flock` with `LOCK_UN`.
  public func unlock() { _ = flock(raw, LOCK_UN) }

  /// Writes what the kernel still holds of the file to the disk. The corresponding C function is `fsync`.
  public func synchronize() throws(Errno) {
    try perform(.fsync) { fsync(raw) }
  }

  /// Writes all bytes at the descriptor's position. The corresponding C function is `write`.
  public func append(_ bytes: [UInt8]) throws(Errno) {
    var done = 0
    while done < bytes.count {
      let start = done
      done += try call(.write) {
        bytes.withUnsafeBytes { Glibc.write(raw, $0.baseAddress.map { $0 + start }, bytes.count - start) }
      }
    }
  }

  /// Reads bytes at an offset; fewer than asked for only at the end of the file. The corresponding C function is `pread`.
  public func read(at offset: Int64, count: Int) throws(Errno) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let start = done
      let more = try call(.pread) {
        bytes.withUnsafeMutableBytes {
          pread(raw, $0.baseAddress.map { $0 + start }, count - start, off_t(offset) + start)
        }
      }
      if more == 0 { break }
      done += more
    }
    return Array(bytes[..<done])
  }

  /// Makes a new regular file for writing, by a path that the user gave; fails when the name exists.
  ///
  /// The corresponding C function is `open` with `O_CREAT | O_EXCL`.
  public static func createFile(path: FilePath, permissions: UInt16) throws(Errno) -> OwnedDescriptor {
    let flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC
    return OwnedDescriptor(
      raw: try call(.open) { path.withPlatformString { Glibc.open($0, flags, mode_t(permissions)) } })
  }

  /// Opens what stands at a path that the user gave, links followed, only to look at it: nothing that it is takes notice.
  ///
  /// The corresponding C function is `open` with `O_PATH`.
  public static func place(path: FilePath) throws(Errno) -> OwnedDescriptor {
    OwnedDescriptor(raw: try call(.open) { path.withPlatformString { Glibc.open($0, clinux_O_PATH | O_CLOEXEC) } })
  }

  /// Opens what stands at a path that the user gave, links followed, to write to it: a device, a pipe, a terminal. A named
  /// pipe waits for its reader, until SIGINT or SIGTERM comes. Write to it with ``appendPatiently(_:)``.
  ///
  /// The corresponding C function is `open` with `O_WRONLY | O_NONBLOCK`.
  /// - Throws: `Errno`; EINTR when a signal came.
  public static func sink(path: FilePath) throws(Errno) -> OwnedDescriptor {
    let flags = O_WRONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK
    while true {
      if Interruption.signal != nil { throw .interrupted }
      do throws(Errno) {
        return OwnedDescriptor(raw: try call(.open) { path.withPlatformString { Glibc.open($0, flags) } })
      } catch {
        // A pipe that nobody reads.
        guard error == .noSuchAddressOrDevice else { throw error }
        if (try? FileStatus.of(path))?.kind != .fifo { throw error }
        Pause.microseconds(20_000)
      }
    }
  }

  /// Writes all bytes at the descriptor's position, and waits for a reader that is slow, until SIGINT or SIGTERM comes.
  ///
  /// The corresponding C functions are `poll` and `write`.
  /// - Throws: `Errno`; EINTR when a signal came. Some of the bytes may have been written.
  public func appendPatiently(_ bytes: [UInt8]) throws(Errno) {
    try Self.appendPatiently(bytes.span, to: raw)
  }

  /// The same to a descriptor by its number: standard output.
  public static func appendPatiently(_ bytes: Span<UInt8>, to descriptor: CInt) throws(Errno) {
    var done = 0
    while done < bytes.count {
      let start = done
      do throws(Errno) {
        done += try call(.write) {
          bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress.map { $0 + start }, bytes.count - start) }
        }
      } catch {
        guard error == .wouldBlock else { throw error }
        guard try Readiness.wait(for: descriptor, POLLOUT) else { throw .interrupted }
      }
    }
  }
}
