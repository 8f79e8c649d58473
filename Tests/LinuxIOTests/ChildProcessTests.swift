// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import SystemPackage
import Testing

@testable import LinuxIO

/// Programs that are run for their output.
@Suite("Child processes")
struct ChildProcessTests {
  private func run(_ arguments: String..., input: [UInt8] = [], limit: Int = 1 << 20) throws(Errno) -> ChildProcess {
    try ChildProcess(arguments.map { Array($0.utf8) }, input: input, limit: limit)
  }

  @Test("input goes in, output comes out, and no shell reads the arguments")
  func output() throws {
    #expect(try run("cat", input: [0, 1, 255]).output == [0, 1, 255])
    #expect(try run("printf", "%s", "a b;$(x)'\n").output == Array("a b;$(x)'\n".utf8))
    let much = try run("sh", "-c", "cat; head -c 300000 /dev/zero", input: [UInt8](repeating: 7, count: 50000))
    #expect(much.output.count == 350000 && much.status == 0)
  }

  @Test("exit statuses, signals, and input that nobody wants")
  func statuses() throws {
    #expect(try run("sh", "-c", "exit 3").status == 3)
    #expect(try run("sh", "-c", "kill -9 $$").status == 128 + 9)
    // It may be gone before the input is written: that is no signal, which would end these tests.
    for _ in 0..<20 { #expect(try run("true", input: [UInt8](repeating: 7, count: 60000)).status == 0) }
  }

  @Test("a program that there is not, and more output than is wanted")
  func failures() {
    #expect(throws: Errno.noSuchFileOrDirectory) { try run("/no-such-program-at-all") }
    #expect(throws: Errno.fileTooLarge) { try run("head", "-c", "3000000", "/dev/zero") }
    #expect(throws: Errno.fileTooLarge) { try run("cat", input: [UInt8](repeating: 7, count: 70000)) }
  }
}
