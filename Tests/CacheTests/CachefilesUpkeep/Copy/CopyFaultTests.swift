// SPDX-License-Identifier: Apache-2.0
import CachefilesCheck
import CachefilesFormat
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesStore
@testable import CachefilesUpkeep

/// Copies that are cut off between any two changes of the disk, or in which any single system call fails.
@Suite("Copies that are cut off or fail")
struct CopyFaultTests {
  /// A cache with all that a copy has to do: two volumes, holes, another owner, another mode.
  private func make(_ scratch: ScratchDirectory) throws {
    try scratch.makeCache(objects: 2)
    try scratch.makeCache(volume: "9p,other,", objects: 1)
    // As the kernel makes it: a check of the copy should find nothing.
    try scratch.tidyModes("cache-root")
    let objects = scratch.objects()
    ObjectFile.rewrite(objects[0], size: 40960, runs: [[4096, 8192], [20480, 4096]])
    setAttribute(objects[0], ObjectRecord(objectSize: 40960, coherency: [1, 2, 3, 4]).bytes)
    if isRoot { chown(objects[1], 65534, 65534) }
  }

  /// One copy by one thread; nil when it was refused.
  private func copy(_ scratch: ScratchDirectory, _ plan: FaultPlan? = nil) throws -> CopyResult? {
    do {
      guard let plan else { return try scratch.copy { $0.threads = 1 } }
      return try plan.run { try scratch.copy { $0.threads = 1 } }
    } catch is CopyRefusal {
      return nil
    }
  }

  /// Whatever is in the copy is whole: objects as in the source, directories with their attributes and modes.
  private func expectWhole(_ scratch: ScratchDirectory, _ comment: Comment) throws {
    let source = scratch.portrait("cache-root")
    let copy = scratch.portrait("copy")
    let files = copy.filter { $0.contains("/T") }
    #expect(Set(files).isSubset(of: source), comment)
    // All but the times, which directories get at the end.
    func essence(_ line: String) -> [Substring] {
      let words = line.split(separator: " ")
      return [words[0], words[1], words[2], words[5]]
    }
    let directories = copy.filter { !$0.contains("/T") }.map(essence)
    #expect(Set(directories).isSubset(of: source.map(essence)), comment)
    if scratch.parts().contains("cache") {
      let checked = try scratch.check("copy")
      #expect(checked.problems.subtracting([.r03]).isEmpty, "\(comment): \(checked.essence)")
    }
  }

  private func finish(_ scratch: ScratchDirectory, _ comment: Comment) throws {
    var last: CopyResult?
    // If what failed was giving the lock back, a program that another test is starting may still have a copy of the descriptor.
    for attempt in 1...1000 where last == nil {
      do { last = try scratch.copy { $0.threads = 1 } } catch CopyRefusal.inUse(_, let reason) {
        guard attempt < 1000, reason == Refusal.locked.description else {
          throw CopyRefusal.inUse(path: [], reason: reason)
        }
        Pause.microseconds(10_000)
      }
    }
    let result = try #require(last, comment)
    #expect(result.failures.isEmpty && result.report.isComplete, "\(comment): \(result.failures)")
    #expect(scratch.portrait("copy") == scratch.portrait("cache-root"), comment)
    #expect(scratch.parts() == ["cache", "graveyard"], comment)
  }

  @Test("a cut at any change leaves whole objects only, and the next run completes the copy")
  func cutAnywhere() throws {
    let counting = ScratchDirectory()
    try make(counting)
    let count = FaultPlan(cutBeforeChange: .max)
    #expect(try copy(counting, count)?.report.isComplete == true)
    #expect(count.watched > 40)
    var missed = 0
    for ordinal in 1...count.watched {
      let scratch = ScratchDirectory()
      try make(scratch)
      let before = scratch.portrait("cache-root")
      let plan = FaultPlan(cutBeforeChange: ordinal)
      let cut = try copy(scratch, plan)
      // A slow run asks more often whether the cache is still free, which counts as a change: the one that counted may have been one.
      if plan.failed == 0 { missed += 1 }
      if plan.failed > 0 { #expect(cut?.report.isComplete != true, "change \(ordinal): a cut is not a success") }
      try expectWhole(scratch, "change \(ordinal)")
      try finish(scratch, "change \(ordinal)")
      #expect(scratch.portrait("cache-root") == before, "change \(ordinal)")
      #expect(scratch.openDescriptors.isEmpty, "change \(ordinal)")
    }
    #expect(missed <= 2, "so many cuts did not come")
  }

  @Test(
    "when any single call fails it is named and counted, the rest goes on, and nothing wrong is made",
    arguments: [Errno.ioError, .noSpace])
  func everyCallFails(error: Errno) throws {
    let counting = ScratchDirectory()
    try make(counting)
    let total = try FaultPlan.count(nil) { _ = try copy(counting) }
    #expect(total > 150)
    for ordinal in spread(total, atMost: error == .noSpace ? 60 : total) {
      let scratch = ScratchDirectory()
      try make(scratch)
      let plan = FaultPlan(ordinal: ordinal, with: error)
      let result = try copy(scratch, plan)
      #expect(plan.failed == 1)
      let comment: Comment = "call \(ordinal), \(error)"
      if let result {
        #expect(result.failures.count == result.report.errors, comment)
        // What does not matter to the copy (data that cannot be shared, a question that is put twice) is no failure.
        if result.report.errors == 0 {
          #expect(result.report.copiedObjects == 3, comment)
          #expect(scratch.portrait("copy") == scratch.portrait("cache-root"), comment)
        } else if error != .noSpace, result.failures.allSatisfy({ EscapedBytes.string($0.path).contains("/T") }) {
          // One object failed, the others did not.
          #expect(result.report.copiedObjects == 2, "\(comment): \(result.failures)")
        }
      } else {
        #expect(scratch.names == ["cache-root"], comment)
      }
      try expectWhole(scratch, comment)
      try finish(scratch, comment)
    }
  }

  @Test("what did not reach the disk is a failure")
  func synchronization() throws {
    let scratch = ScratchDirectory()
    try make(scratch)
    let result = try FaultPlan(failing: .syncfs, ordinal: 1, with: .ioError).run {
      try scratch.copy { $0.synchronizes = true }
    }
    #expect(result.failures.map(\.operation) == ["write everything to the disk of"])
    #expect(result.report.errors == 1 && !result.report.isComplete)
  }

  @Test("where data can be neither shared nor copied by the kernel, it goes through memory")
  func waysOfCopying() throws {
    for calls in [[Syscall.clone], [.copyFileRange], [.clone, .copyFileRange]] {
      let scratch = ScratchDirectory()
      try make(scratch)
      var body = { try scratch.copy { $0.verifies = true } }
      for call in calls {
        let inner = body
        body = { try FaultPlan(failing: call, ordinal: 0, with: .improperLink).run(inner) }
      }
      let result = try body()
      #expect(result.report.verified == 3 && result.report.isComplete, "\(calls)")
      #expect(scratch.portrait("copy") == scratch.portrait("cache-root"), "\(calls)")
    }
  }

  @Test("a file system that takes holes for data is refused before anything is made")
  func lyingHoles() throws {
    for error in [Errno.invalidArgument, .noSuchAddressOrDevice] {
      let scratch = ScratchDirectory()
      try make(scratch)
      let plan = FaultPlan(failing: .lseek, ordinal: 1, with: error)
      #expect {
        try plan.run { _ = try scratch.copy() }
      } throws: { "\($0)".hasSuffix("its file system takes holes for data, so it cannot hold a cache") }
      #expect(scratch.names == ["cache-root"])
    }
  }
}
