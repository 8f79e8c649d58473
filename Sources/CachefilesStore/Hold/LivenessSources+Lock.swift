// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO
import SystemPackage

extension LivenessSources {
  /// The process that has locked a directory (`flock`), by the kernel's list of locks; nil where that does not tell, as in another
  /// namespace of processes, or on a file system whose files have another device number than it has itself.
  func lockHolder(of directory: borrowing OwnedDescriptor) -> CacheDaemon? {
    guard let status = try? directory.status(), let text = try? SmallFile.read(processes.appending("locks")) else {
      return nil
    }
    let lock = KernelTable<LockLine>(parsing: text.span).rows.first { lock in
      !lock.isWaiting && lock.kind == Array("FLOCK".utf8) && lock.process > 0 && lock.inode == status.inode
        && UInt64(lock.device.major) << 32 | UInt64(lock.device.minor) == status.device
    }
    return lock.map { CacheDaemon(process: $0.process, proc: processes) }
  }

  /// Why a lock cannot be had: who has it, where that is known and is not this process.
  func lockRefusal(of directory: borrowing OwnedDescriptor) -> Refusal {
    guard let holder = lockHolder(of: directory), holder.process != CurrentProcess.identifier else { return .locked }
    return .lockedBy(holder)
  }
}
