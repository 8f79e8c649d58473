// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
internal import SystemPackage

/// The system calls of this module, by name, so that tests can make one of them fail.
public enum Syscall: String, Sendable, CaseIterable {
  case open, openat, dup, statx, getdents64, getxattr, getxattrat, listxattr, setxattr, removexattr, lseek, pread,
    pwrite
  case ftruncate, futimens, fchmod, fchown, mkdirat, mknodat, symlinkat, linkat, unlinkat, rmdir, renameat2, flock
  case fstatfs, ioctl, setFlags, fsync, read, write, attrCopy
  case clone, copyFileRange, syncfs
  case nameToHandleAt, openByHandleAt, readlinkat, fstatat
  case pidfdOpen, pidfdGetfd, unshare, fchdir, eventfd, poll
  case signalfd, inotify, capset, fork, chdir, sendmsg, waitpid
  /// A command that is written to a device.
  case command

  /// Whether it can change what is on a disk.
  var changesDisk: Bool {
    switch self {
    case .setxattr, .removexattr, .pwrite, .ftruncate, .futimens, .fchmod, .fchown, .mkdirat, .mknodat, .symlinkat,
      .linkat, .unlinkat, .rmdir, .renameat2, .setFlags, .write, .attrCopy, .clone, .copyFileRange, .command:
      true
    default: false
    }
  }
}

/// Runs one system call: repeats it when a signal interrupts it, and turns −1 into the error number.
///
/// Every system call on a cache goes through here. In debug builds ``FaultPlan`` can make it fail instead; one that a signal is said to
/// have interrupted is made after all, as the loop would.
@inline(__always)
func call<T: FixedWidthInteger & SignedInteger>(
  _ name: Syscall, _ body: () -> T
) throws(Errno) -> T {
  #if FAULTS
    if let forced = FaultPlan.fault(for: name), forced != .interrupted { throw forced }
  #endif
  while true {
    let result = body()
    if result >= 0 { return result }
    let number = errno
    if number != EINTR { throw Errno(rawValue: number) }
  }
}

/// Runs one system call whose result is of no use.
@inline(__always)
func perform<T: FixedWidthInteger & SignedInteger>(_ name: Syscall, _ body: () -> T) throws(Errno) {
  _ = try call(name, body)
}
