// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Testing

@Suite("The kernel's list of locks")
struct LockLineTests {
  private func read(_ line: String) -> LockLine? { try? LockLine(parsing: Array(line.utf8).span) }

  @Test("a lock has its process, and its file by device and inode; one that waits is no lock yet")
  func lines() throws {
    let lock = try #require(read("12: FLOCK  ADVISORY  WRITE 812 fd:0a:18446744073709551615 0 EOF\n"))
    #expect(!lock.isWaiting && lock.kind == Array("FLOCK".utf8) && lock.process == 812)
    #expect(lock.device == MountDevice(major: 0xfd, minor: 10) && lock.inode == .max)
    let waiting = try #require(read("12: -> POSIX  ADVISORY  READ  7 00:1f:131 0 9"))
    #expect(waiting.isWaiting && waiting.kind == Array("POSIX".utf8) && waiting.inode == 131)
    // Of another namespace, and of an open file rather than a process.
    #expect(read("1: FLOCK  ADVISORY  WRITE 0 fd:00:1 0 EOF")?.process == 0)
    #expect(read("1: OFDLCK ADVISORY  WRITE -1 fd:00:1 0 EOF")?.process == -1)
  }

  @Test(
    "what is no line of it is put aside",
    arguments: [
      "", "12", "12 FLOCK ADVISORY WRITE 812 fd:00:1 0 EOF", "1: FLOCK", "1: FLOCK ADVISORY WRITE x fd:00:1 0 EOF",
      "1: FLOCK ADVISORY WRITE 812 <none>:0 0 EOF", "1: FLOCK ADVISORY WRITE 812 fd:00:18446744073709551616 0 EOF",
      "1: FLOCK ADVISORY WRITE 812 fd:00: 0 EOF", "1: FLOCK ADVISORY WRITE 812 fd:zz:1 0 EOF",
    ])
  func others(line: String) { #expect(read(line) == nil) }
}
