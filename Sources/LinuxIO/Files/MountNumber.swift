// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
import SystemPackage

/// The number of the mount through which a file is reached: what tells a mount point before Linux 5.8, where `statx` does not.
enum MountNumber {
  /// The number for an entry of a directory, which is not followed, or with an empty name for the directory itself.
  ///
  /// The corresponding C function is `name_to_handle_at`, which tells the mount also where the handle has no room; a file system without
  /// handles has a line `mnt_id` in `/proc/self/fdinfo`.
  /// - Throws: `Errno`; EOPNOTSUPP where neither tells it.
  static func of(_ directory: CInt, _ name: UnsafePointer<CChar>) throws(Errno) -> CInt {
    var handle = clinux_file_handle()
    var mount: CInt = -1
    do throws(Errno) {
      try perform(.nameToHandleAt) { clinux_name_to_handle(directory, name, &handle, &mount) }
    } catch {
      if error == .notSupported { return try listed(directory, name) }
      guard error.rawValue == EOVERFLOW, mount >= 0 else { throw error }
    }
    return mount
  }

  /// The same by `/proc/self/fdinfo`.
  static func listed(_ directory: CInt, _ name: UnsafePointer<CChar>) throws(Errno) -> CInt {
    let flags = O_PATH | O_NOFOLLOW | O_CLOEXEC
    let file = OwnedDescriptor(
      raw: try call(.openat) { name.pointee == 0 ? openat(directory, ".", flags) : openat(directory, name, flags) })
    let lines: [UInt8]
    do throws(Errno) { lines = try SmallFile.read(FilePath("/proc/self/fdinfo/\(file.raw)")) } catch {
      throw .notSupported
    }
    for line in lines.split(separator: 10) where line.starts(with: "mnt_id:".utf8) {
      let digits = line.dropFirst(7).drop { $0 == 9 || $0 == 32 }
      if let number = CInt(String(decoding: digits, as: UTF8.self)) { return number }
    }
    throw .notSupported
  }
}

extension FileStatus {
  /// What a kernel says of an entry of a directory, or with an empty name of the directory; where it does not tell mount points,
  /// whether a directory is one is told by the numbers of the mounts: of the entry and its directory, or of the directory and what is above it.
  /// One that cannot be told counts as a mount point, which nothing enters.
  @inline(__always)
  init(_ raw: borrowing CLinux.statx, of name: UnsafePointer<CChar>, in directory: CInt) throws(Errno) {
    self.init(raw)
    if !knowsMountPoints, kind == .directory { try settleMountPoint(of: name, in: directory) }
  }

  @inline(never)
  private mutating func settleMountPoint(of name: UnsafePointer<CChar>, in directory: CInt) throws(Errno) {
    knowsMountPoints = true
    do throws(Errno) {
      let own = try MountNumber.of(directory, name)
      let above = name.pointee == 0 ? try MountNumber.of(directory, "..") : try MountNumber.of(directory, "")
      if own == above { return }
    } catch {
      guard error == .notSupported else { throw error }
    }
    attributes |= Self.mountPointBit
  }
}
