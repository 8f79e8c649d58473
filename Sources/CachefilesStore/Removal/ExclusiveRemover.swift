// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import SystemPackage

/// Removes entries of a cache that nobody holds, by `unlink(2)`.
struct ExclusiveRemover: EntryRemover {
  let hold: SharedHold

  func remove(_ name: EntryName, _ seen: SeenFile, in directory: DirectoryNode) throws(Refusal) -> RemovalAnswer {
    try hold.checkStillHeld()
    do throws(Errno) {
      try TreeRemover.remove(name, seen, in: try directory.descriptor().value)
      return .removed
    } catch {
      return RemovalAnswer(error)
    }
  }

  func ask(_ name: EntryName, in directory: DirectoryNode) throws(Refusal) -> RemovalAnswer { .removed }
}
