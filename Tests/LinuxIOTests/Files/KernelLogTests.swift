// SPDX-License-Identifier: Apache-2.0
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@Suite("The kernel's log")
struct KernelLogTests {
  private static let records = [
    "6,1,100,-;CacheFiles: File cache on sda1 registered\n SUBSYSTEM=block\n DEVICE=b8:1\n",
    "3,2,200,-;CacheFiles: Failed to register: -95\n", "6,3,300,c;a;b\n", "6,4,400,-;\n",
  ]
  private static let messages = [
    "CacheFiles: File cache on sda1 registered", "CacheFiles: Failed to register: -95", "a;b", "",
  ]

  private func read(_ path: FilePath) throws -> [String] {
    var found: [String] = []
    try KernelLog.forEach(of: path) { found.append(String(decoding: $0.withUnsafeBytes { Array($0) }, as: UTF8.self)) }
    return found
  }

  @Test("gives a record at each read, and ends where there is no more for now")
  func device() throws {
    // A pipe of packets: each read gives one write, as the device does, and EAGAIN when there is none.
    var ends: [CInt] = [0, 0]
    #expect(pipe(&ends) == 0)
    #if arch(arm64)
      let direct: CInt = 0x10000
    #else
      let direct: CInt = 0x4000
    #endif
    #expect(fcntl(ends[1], F_SETFL, direct) == 0)
    defer { for end in ends { close(end) } }
    for record in Self.records { #expect(write(ends[1], record, record.utf8.count) == record.utf8.count) }
    #expect(try read(FilePath("/proc/self/fd/\(ends[0])")) == Self.messages)
  }

  @Test("is read from a file too, whatever a read ends with")
  func file() throws {
    let scratch = ScratchDirectory()
    try scratch.write("kmsg", Array(Self.records.joined().utf8))
    #expect(try read(FilePath("\(scratch.path)/kmsg")) == Self.messages)
    // Longer than one read.
    let many = String(repeating: Self.records.joined(), count: 500) + "6,9,9,-;no newline"
    try scratch.write("kmsg", Array(many.utf8))
    let found = try read(FilePath("\(scratch.path)/kmsg"))
    #expect(found == Array(repeating: Self.messages, count: 500).flatMap(\.self) + ["no newline"])
  }

  @Test("goes on where a record was overwritten, and says which call failed")
  func faults() throws {
    let scratch = ScratchDirectory()
    try scratch.write("kmsg", Array(Self.records.joined().utf8))
    let path = FilePath("\(scratch.path)/kmsg")
    let goesOn = try FaultPlan(failing: .pread, ordinal: 1, with: .brokenPipe).run { try read(path) }
    #expect(goesOn == Self.messages)
    #expect(throws: Errno.notPermitted) {
      try FaultPlan(failing: .pread, ordinal: 1, with: .notPermitted).run { _ = try read(path) }
    }
    #expect(throws: Errno.noSuchFileOrDirectory) { try read(FilePath("\(scratch.path)/none")) }
  }
}
