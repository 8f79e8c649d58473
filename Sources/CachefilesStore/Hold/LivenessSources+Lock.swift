// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO
import SystemPackage

extension LivenessSources {
  /// The process that has locked a directory (`flock`), by the kernel's list of locks; nil where that does not tell, as in another namespace of
  /// processes, or on a file system whose files have another device number than it has itself.
  func lockHolder(of directory: borrowing OwnedDescriptor) -> CacheDaemon? {
    guard let status = try? directory.status(), let text = try? SmallFile.read(processes.appending("locks")) else {
      return nil
    }
    for line in text.split(separator: 10) {
      // 1: FLOCK  ADVISORY  WRITE 812 fd:00:131 0 EOF; one that waits has an arrow behind the number.
      let words = line.split(separator: 32)
      guard words.count == 8, words[1].elementsEqual("FLOCK".utf8),
        let process = Int(String(decoding: words[4], as: UTF8.self)), process > 0
      else { continue }
      let place = words[5].split(separator: UInt8(ascii: ":")).map { String(decoding: $0, as: UTF8.self) }
      guard place.count == 3, let major = UInt64(place[0], radix: 16), let minor = UInt64(place[1], radix: 16),
        major << 32 | minor == status.device, UInt64(place[2]) == status.inode
      else { continue }
      return CacheDaemon(process: process, proc: processes)
    }
    return nil
  }

  /// Why a lock cannot be had: who has it, where that is known and is not this process.
  func lockRefusal(of directory: borrowing OwnedDescriptor) -> Refusal {
    guard let holder = lockHolder(of: directory), holder.process != CurrentProcess.identifier else { return .locked }
    return .lockedBy(holder)
  }
}
