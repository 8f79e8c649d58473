import CLinux
import Glibc
public import SystemPackage

extension OwnedDescriptor {
  /// Makes a directory. The corresponding C function is `mkdirat`.
  public func makeDirectory(_ name: EntryName, permissions: UInt16) throws(Errno) {
    try name.withPointer { (pointer) throws(Errno) in
      try perform(.mkdirat) { mkdirat(raw, pointer, mode_t(permissions)) }
    }
  }

  /// Makes a symbolic link. The corresponding C function is `symlinkat`.
  public func makeSymlink(_ name: EntryName, to target: StaticString) throws(Errno) {
    try name.withPointer { (pointer) throws(Errno) in
      try perform(.symlinkat) { symlinkat(target.description, raw, pointer) }
    }
  }

  /// Removes an entry that is no directory. The corresponding C function is `unlinkat`.
  public func unlink(_ name: EntryName) throws(Errno) {
    try name.withPointer { (pointer) throws(Errno) in try perform(.unlinkat) { unlinkat(raw, pointer, 0) } }
  }

  /// Removes an empty directory. The corresponding C function is `unlinkat` with `AT_REMOVEDIR`.
  public func removeDirectory(_ name: EntryName) throws(Errno) {
    try name.withPointer { (pointer) throws(Errno) in
      try perform(.rmdir) { unlinkat(raw, pointer, AT_REMOVEDIR) }
    }
  }

  /// Sets the length in bytes. The corresponding C function is `ftruncate`.
  public func truncate(to size: Int64) throws(Errno) {
    try perform(.ftruncate) { ftruncate(raw, off_t(size)) }
  }

  /// Writes all of the bytes at an offset. The corresponding C function is `pwrite`.
  public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(Errno) {
    var done = 0
    while done < bytes.count {
      done += try call(.pwrite) { pwrite(raw, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset) + done) }
    }
  }

  /// Sets the access and modification times, in nanoseconds since 1970. The corresponding C function is `futimens`.
  public func setTimes(access: Int64, modification: Int64) throws(Errno) {
    let times = [Self.specification(access), Self.specification(modification)]
    try perform(.futimens) { futimens(raw, times) }
  }

  /// Sets the permission bits. The corresponding C function is `fchmod`.
  public func setPermissions(_ permissions: UInt16) throws(Errno) {
    try perform(.fchmod) { fchmod(raw, mode_t(permissions)) }
  }

  /// Sets the owner and group. The corresponding C function is `fchown`.
  public func setOwner(_ owner: UInt32, group: UInt32) throws(Errno) {
    try perform(.fchown) { fchown(raw, owner, group) }
  }

  private static func specification(_ nanoseconds: Int64) -> timespec {
    var seconds = nanoseconds / 1_000_000_000
    var rest = nanoseconds % 1_000_000_000
    if rest < 0 {
      seconds -= 1
      rest += 1_000_000_000
    }
    return timespec(tv_sec: Int(seconds), tv_nsec: Int(rest))
  }
}
