// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesSamples
import CachefilesStore
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// Every system call of writing a sample made to fail: the failure names the file, and what was made is gone again.
@Suite("Samples with failing system calls")
struct SampleFaultTests {
  let scratch = ScratchDirectory()

  /// What writes a sample.
  enum Writer: String, CaseIterable {
    case capture, synthetic

    func write(to path: FilePath) throws(SampleFailure) {
      switch self {
      case .capture:
        guard let capture = CapturedCache(named: "6.12") else { preconditionFailure("no capture") }
        try CaptureWriter.write(capture, to: path)
      case .synthetic:
        var cache = SyntheticCache(objects: 12, seed: 5, now: 1_795_000_000_000_000_000)
        cache.threads = 2
        try cache.write(to: path)
      }
    }

    /// The calls that it makes.
    var calls: [Syscall] {
      let both: [Syscall] = [
        .open, .openat, .getdents64, .getxattr, .mkdirat, .setxattr, .pread, .pwrite, .ftruncate, .futimens, .statx,
        .dup,
      ]
      return self == .capture ? both + [.fchmod] : both
    }
  }

  @Test("After a failing call a new directory is gone again", arguments: Writer.allCases)
  func newDirectoryIsGone(writer: Writer) throws {
    let path = scratch.path("new")
    for call in writer.calls {
      // A synthetic cache makes thousands of calls: of those the first, and one in the middle where there are many.
      var ordinals = [1]
      if writer == .capture {
        ordinals = spread(try FaultPlan.count(call) { try writer.write(to: path) }, atMost: 6)
        CaptureWriter.remove(path)
      } else if [.openat, .mkdirat].contains(call) {
        ordinals.append(900)
      }
      for ordinal in ordinals {
        let failure = failure(of: writer, at: path, FaultPlan(failing: call, ordinal: ordinal, with: .noSpace))
        expect(failure, .noSpace, below: path, "\(call) number \(ordinal)")
        #expect(scratch.names.isEmpty, "\(call) number \(ordinal)")
      }
    }
    #expect(scratch.openDescriptors.isEmpty)
  }

  @Test("A capture is written with no call that is not made to fail")
  func allCallsAreCovered() throws {
    let (path, writer) = (scratch.path("new"), Writer.capture)
    func count(_ call: Syscall?) throws -> Int {
      defer { CaptureWriter.remove(path) }
      return try FaultPlan.count(call) { try writer.write(to: path) }
    }
    let counts = try writer.calls.map(count)
    #expect(!counts.contains(0))
    #expect(try counts.reduce(0, +) == count(nil))
  }

  @Test("After a failing call a directory that was there is there, as empty as before", arguments: Writer.allCases)
  func givenDirectoryIsEmptyAgain(writer: Writer) throws {
    try scratch.makeDirectory("given/lost+found")
    let path = scratch.path("given")
    for call in writer == .capture ? writer.calls : [.mkdirat, .openat, .setxattr] {
      let plan = FaultPlan(failing: call, ordinal: 2, with: .ioError)
      let failure = failure(of: writer, at: path, plan)
      if plan.failed == 0 {
        #expect(failure == nil)
        for name in ["cache", "graveyard"] {
          try FileManager.default.removeItem(atPath: "\(scratch.path)/given/\(name)")
        }
      } else {
        expect(failure, .ioError, below: path, "\(call)")
      }
      #expect(NaiveWalk.entries("\(scratch.path)/given").map(\.path) == [[], Array("lost+found".utf8)], "\(call)")
      #expect(NaiveWalk.attribute(path.bytes) == nil, "\(call)")
    }
  }

  @Test("An attribute of the directory that was there stays as it was")
  func givenAttributeStays() throws {
    try scratch.makeDirectory("given")
    setAttribute("\(scratch.path)/given", [1, 2, 3])
    try Writer.capture.write(to: scratch.path("given"))
    #expect(NaiveWalk.attribute(scratch.path("given").bytes) == [1, 2, 3])
  }

  @Test("A file system without user attributes is told from one that fails", arguments: [Errno.notSupported, .ioError])
  func noAttributes(error: Errno) {
    let path = scratch.path("new")
    let failure = failure(of: .capture, at: path, FaultPlan(failing: .getxattr, ordinal: 1, with: error))
    if error == .notSupported {
      #expect(failure == .noAttributes(path: path.bytes))
    } else {
      #expect(failure == .failed(StoreError(path: path.bytes, operation: "look into the directory", error: .ioError)))
    }
    #expect(scratch.names.isEmpty)
  }

  private func failure(of writer: Writer, at path: FilePath, _ plan: FaultPlan) -> SampleFailure? {
    plan.run {
      do throws(SampleFailure) {
        try writer.write(to: path)
        return nil
      } catch {
        return error
      }
    }
  }

  private func expect(_ failure: SampleFailure?, _ error: Errno, below path: FilePath, _ comment: Comment) {
    guard case .failed(let found) = failure else {
      Issue.record("\(comment): \(failure.map { "\($0)" } ?? "no failure")")
      return
    }
    #expect(found.error == error, comment)
    #expect(found.path.isAtOrBelow(path.bytes), comment)
  }
}
