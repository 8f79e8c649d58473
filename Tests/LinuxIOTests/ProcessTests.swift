// SPDX-License-Identifier: Apache-2.0
import Foundation
import LinuxIO
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// Other processes: their descriptors, their end, and the working directory that a thread shares with nobody.
@Suite("Processes")
struct ProcessTests {
  let scratch = ScratchDirectory()

  @Test("A copy of another process's descriptor is the same open file", .enabled(if: TracingRights() == .possible))
  func copiedDescriptor() throws {
    try scratch.write("file", Array("old\n".utf8))
    let process = try FileHolder.start(scratch.path("file").string)
    defer { kill(process.processIdentifier, SIGKILL) }
    let descriptor = try ProcessDescriptor(Int(process.processIdentifier))
    try descriptor.copy(of: 7).command(Array("new\n".utf8))
    #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.path("file").string)) == Data("old\nnew\n".utf8))
    #expect(throws: Errno.badFileDescriptor) { _ = try descriptor.copy(of: 99).status() }
    #expect(try !descriptor.hasEnded())
    #expect(
      try OpenFiles.holders(of: scratch.path("file").string)
        == [OpenFiles.Holder(process: Int(process.processIdentifier), descriptor: 7)])
  }

  @Test("The end of a process is seen at once, and no end where the watch is given up")
  func end() throws {
    try scratch.write("file", [])
    let process = try FileHolder.start(scratch.path("file").string)
    let descriptor = try ProcessDescriptor(Int(process.processIdentifier))
    let ended = DispatchSemaphore(value: 0)
    let wrong = Atomic<Int>(0)
    do {
      let other = try ProcessEndWatch(descriptor) { wrong.add(1, ordering: .relaxed) }
      withExtendedLifetime(other) {}
    }
    let watch = try ProcessEndWatch(descriptor) { ended.signal() }
    #expect(ended.wait(timeout: .now() + .milliseconds(20)) == .timedOut)
    kill(process.processIdentifier, SIGKILL)
    #expect(ended.wait(timeout: .now() + .seconds(20)) == .success)
    withExtendedLifetime(watch) {}
    #expect(try descriptor.hasEnded())
    #expect(wrong.load(ordering: .relaxed) == 0)
    process.waitUntilExit()
    #expect(throws: Errno.noSuchProcess) { _ = try ProcessDescriptor(Int(process.processIdentifier)).hasEnded() }
  }

  @Test("A thread's own working directory is nobody else's")
  func workingDirectory() throws {
    try scratch.makeDirectory("a")
    let before = CurrentProcess.workingDirectory
    let path = scratch.path("a")
    let (inside, outside) = try WorkingDirectory.runApart { directory in
      do {
        let a = try OwnedDescriptor(directory: path)
        try directory.enter(a)
        return (try directory.status().inode, try a.status().inode)
      } catch {
        return (UInt64(0), UInt64(1))
      }
    }
    #expect(inside == outside)
    #expect(CurrentProcess.workingDirectory == before)
  }

  @Test("Each of the calls can fail", arguments: [Syscall.pidfdOpen, .pidfdGetfd, .unshare, .fchdir, .eventfd, .poll])
  func faults(_ call: Syscall) throws {
    try scratch.write("file", [])
    let process = try FileHolder.start(scratch.path("file").string)
    defer { kill(process.processIdentifier, SIGKILL) }
    let plan = FaultPlan(failing: call, ordinal: 1, with: .ioError)
    let path = FilePath(scratch.path)
    #expect(throws: Errno.ioError) {
      try plan.run {
        let descriptor = try ProcessDescriptor(Int(process.processIdentifier))
        if call == .pidfdGetfd { _ = try descriptor.copy(of: 7).status() }
        _ = try descriptor.hasEnded()
        _ = try ProcessEndWatch(descriptor) {}
        let entered = try WorkingDirectory.runApart { directory in
          do throws(Errno) {
            try directory.enter(try OwnedDescriptor(directory: path))
            return Errno?.none
          } catch {
            return error
          }
        }
        if let entered { throw entered }
      }
    }
  }

  @Test("What forbids to borrow a descriptor is read from /proc")
  func rights() throws {
    func rights() -> TracingRights { TracingRights(proc: FilePath(scratch.path)) }
    #expect(rights() == .possible)
    try scratch.makeDirectory("self")
    try scratch.makeDirectory("sys/kernel/yama")
    try scratch.write("self/status", Array("Name:\tx\nCapEff:\t000001ffffffffff\n".utf8))
    #expect(rights() == .possible)
    try scratch.write("self/status", Array("Name:\tx\nCapEff:\t000001fffff7ffff\n".utf8))
    #expect(rights() == .lackCapability)
    try scratch.write("sys/kernel/yama/ptrace_scope", Array("2\n".utf8))
    #expect(rights() == .lackCapability)
    try scratch.write("sys/kernel/yama/ptrace_scope", Array("3\n".utf8))
    #expect(rights() == .forbiddenByYama)
  }
}
