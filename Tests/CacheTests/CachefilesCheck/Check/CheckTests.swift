// SPDX-License-Identifier: Apache-2.0
import CAttr
import CachefilesFormat
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesCheck
@testable import CachefilesStore
@testable import CachefilesSurvey

/// How a check goes about its work: parts, limits, threads, failures.
@Suite("Checks")
struct CheckTests {
  static let several: [ProblemID] = [.o06, .o07, .v01, .v03, .v04, .v09, .f02, .r09, .g02, .o03, .v11, .o23, .o27]

  @Test("a store can be scanned several times")
  func scansAgain() throws {
    let scratch = ScratchDirectory()
    try scratch.makeCache(objects: 20)
    let store = try Store(path: scratch.path("cache-root"))
    for _ in 0..<3 {
      let scan = try Scanner(store, ScanOptions(threads: 2)).run { Statistics(now: 0) }
      #expect(scan.visitor.totals.objects == 20)
    }
  }

  @Test("a check volume by volume finds what a check of everything finds")
  func volumeByVolume() throws {
    let scratch = ScratchDirectory()
    try scratch.makeDamaged(Self.several)
    let whole = try scratch.check()
    let parts = try scratch.check { $0.timeLimit = .seconds(86_400) }
    #expect(parts.essence == whole.essence)
    #expect(parts.report.scanned == whole.report.scanned)
    #expect(parts.report.exit == whole.report.exit)
  }

  @Test(
    "a check that runs out of time says where to go on, and the runs together cover everything once",
    .enabled(if: isRoot, "needs root"))
  func resumes() throws {
    let scratch = ScratchDirectory()
    try scratch.makeDamaged([.o06, .o07, .v01, .v03, .v04, .v09, .f02, .g02])
    let whole = try scratch.check()
    var findings: [String] = []
    var objects = 0
    var next: [UInt8]?
    var runs = 0
    repeat {
      let start = next
      let part = try scratch.check {
        $0.timeLimit = .zero
        $0.firstVolume = start
      }
      findings += part.essence
      objects += part.report.scanned.objects
      if part.report.nextVolume != nil { #expect(part.report.exit & CheckReport.ExitBits.interrupted != 0) }
      next = part.report.nextVolume
      runs += 1
    } while next != nil && runs < 100
    #expect(runs > 3)
    #expect(findings.sorted() == (whole.essence + rootNotes(whole, times: runs - 1)).sorted())
    #expect(objects == whole.report.scanned.objects)
  }

  /// What is said of the root in every run.
  private func rootNotes(_ result: CheckResult, times: Int) -> [String] {
    result.essence.filter { $0.hasPrefix("R08") || $0.hasPrefix("R05") }.flatMap { Array(repeating: $0, count: times) }
  }

  @Test(
    "what has been found when the time is up is still mended, so that runs that resume mend everything",
    .enabled(if: isRoot, "needs root"))
  func repairsInParts() throws {
    let scratch = ScratchDirectory()
    try scratch.makeDamaged([.o06, .v01, .v03, .v04, .f02])
    var next: [UInt8]?
    var runs = 0
    repeat {
      let start = next
      let part = try scratch.check("cache-root", .all, journal: "journal-\(runs)") {
        $0.timeLimit = .zero
        $0.firstVolume = start
      }
      #expect(!part.findings.contains { $0.repair != nil && !$0.isRepaired })
      next = part.report.nextVolume
      runs += 1
    } while next != nil && runs < 100
    #expect(runs > 3)
    let whole = try scratch.check()
    #expect(whole.problems.isEmpty)
  }

  @Test("keys that are no text are not taken for one another")
  func keysThatAreNoText() throws {
    let scratch = ScratchDirectory()
    try scratch.makeDamaged([])
    for byte in [0xfe, 0xff] as [UInt8] {
      let cache = try OwnedDescriptor(directory: scratch.path("cache-root/cache"))
      let name = try #require(EntryName(Array("I9p,a,".utf8) + [byte]))
      try cache.makeDirectory(name, permissions: 0o700)
    }
    let result = try scratch.check()
    #expect(result.counts[.o23] == nil)
    #expect(result.counts[.v04] == 2)
  }

  @Test(
    "flags that forbid changes are cleared before anything is moved, wherever they are, and put back",
    .enabled(if: isRoot, "needs root"))
  func flagsEverywhere() throws {
    let scratch = ScratchDirectory()
    defer { scratch.clearFlags() }
    try scratch.makeDamaged([.v01, .v03, .v09, .f02, .o06, .g01])
    let root = scratch.path("cache-root")
    let places = NaiveWalk.entries(root.string).filter {
      $0.path.starts(with: Array("cache".utf8)) && ($0.isDirectory || $0.size == 8192)
    }
    for place in places.reversed() {
      Flags.set("\(root.string)/\(String(decoding: place.path, as: UTF8.self))", .immutable)
    }
    let before = try scratch.snapshot()
    let result = try scratch.check("cache-root", .all)
    #expect(result.failures.isEmpty, "\(result.failures)")
    #expect(!result.findings.contains { $0.repair != nil && !$0.isRepaired }, "\(result.essence)")
    #expect((result.counts[.o19] ?? 0) >= 8)
    let undo = try scratch.undo()
    #expect(undo.errors == 0 && undo.lost.isEmpty)
    #expect(try scratch.snapshot() == before)
  }

  @Test(
    "with the root immutable it cannot be told whether the cache is live, so nothing is mended",
    .enabled(if: isRoot, "needs root"))
  func immutableRoot() throws {
    let scratch = ScratchDirectory()
    try scratch.makeDamaged([.o06, .g01])
    Flags.set("\(scratch.path)/cache-root", .immutable)
    defer { Flags.clear("\(scratch.path)/cache-root") }
    let check = try scratch.check()
    #expect(check.problems == [.o06, .o19])
    #expect(check.findings.first { $0.id == .o19 }?.repair == nil)
    let repair = try scratch.check("cache-root", .all)
    #expect(repair.report.refusal?.description.contains("it cannot be told whether the cache is in use") == true)
    #expect(repair.report.exit == CheckReport.ExitBits.operational)
  }

  @Test("findings do not depend on the number of threads", arguments: [1, 2, 8, 32])
  func threads(count: Int) throws {
    let scratch = ScratchDirectory()
    try scratch.makeDamaged(Self.several)
    let one = try scratch.check { $0.threads = 1 }
    let many = try scratch.check { $0.threads = count }
    #expect(many.essence == one.essence)
  }

  @Test("more problems than can wait are mended by looking again")
  func moreThanCanWait() throws {
    let scratch = ScratchDirectory()
    _ = try scratch.makeBareObjects(count: 50)
    let before = try scratch.snapshot()
    let result = try scratch.check("cache-root", .safe) { $0.repairLimit = 7 }
    #expect(result.counts[.o06] == 50)
    #expect(!result.findings.contains { $0.id == .o06 && !$0.isRepaired })
    #expect(result.report.exit == CheckReport.ExitBits.repaired)
    let second = try scratch.check()
    #expect(second.problems.isEmpty)
    let undo = try scratch.undo()
    #expect(undo.restored == 50)
    #expect(try scratch.snapshot() == before)
  }

  @Test("whichever single call fails, nothing is called clean that is not: the same findings, or an error")
  func noWrongClean() throws {
    let scratch = ScratchDirectory()
    try scratch.makeDamaged([.o06, .v04, .f02, .v03, .r09])
    let sound = try scratch.check()
    #expect(sound.report.exit == CheckReport.ExitBits.left)
    for call in Syscall.allCases where call != .rmdir {
      let count = FaultPlan(failing: call, ordinal: .max, with: .ioError)
      _ = try count.run { try scratch.check { $0.threads = 1 } }
      for ordinal in 0..<count.watched {
        let plan = FaultPlan(failing: call, ordinal: ordinal + 1, with: .ioError)
        var result: CheckResult?
        do {
          result = try plan.run { try scratch.check { $0.threads = 1 } }
        } catch is OpeningFailure {
          // Refused before anything was said.
        }
        guard let result else { continue }
        let failed = result.report.exit & CheckReport.ExitBits.operational != 0
        #expect(failed || result.essence == sound.essence, "\(call) \(ordinal + 1): \(result.essence)")
        #expect(failed == !result.failures.isEmpty, "\(call) \(ordinal + 1)")
      }
    }
  }

  @Test("a cache that a kernel holds is checked with a note, and not repaired")
  func live() throws {
    let scratch = ScratchDirectory()
    try scratch.makeDamaged([.o06, .o10])
    let before = try scratch.snapshot()
    // The kernel's mark makes rmdir fail with EBUSY.
    let held = FaultPlan(failing: .rmdir, ordinal: 0, with: .resourceBusy)
    let check = try held.run { try scratch.check() }
    #expect(check.report.liveness == .live)
    #expect(check.counts[.l01] == 1)
    #expect(check.findings.first { $0.id == .o10 }?.severity == .note)
    #expect(check.problems == [.o06])
    let repair = try held.run { try scratch.check("cache-root", .allAndDirty) }
    #expect(repair.report.refusal?.description == "the cache is in use by a kernel")
    #expect(repair.report.exit == CheckReport.ExitBits.operational)
    #expect(!scratch.names.contains("journal"))
    #expect(try scratch.snapshot() == before)
  }

  @Test("a cache that comes up during the repair stops it before the next batch")
  func comesUp() throws {
    let scratch = ScratchDirectory()
    try scratch.makeDamaged([.o06, .o07])
    let before = try scratch.snapshot()
    // The first answer is for the check, the second for the lock, the third for the first batch.
    let plan = FaultPlan(failing: .rmdir, ordinal: 3, with: .resourceBusy)
    let result = try plan.run { try scratch.check("cache-root", .safe) }
    #expect(plan.failed == 1)
    #expect(result.report.refusal?.description == "stopped: the cache is in use by a kernel")
    #expect(result.report.exit == CheckReport.ExitBits.operational | CheckReport.ExitBits.left)
    #expect(result.findings.allSatisfy { !$0.isRepaired })
    #expect(try scratch.snapshot() == before)
  }

  @Test("two programs do not work on one cache at the same time")
  func locked() throws {
    let scratch = ScratchDirectory()
    try scratch.makeDamaged([.o06])
    let store = try Store(path: scratch.path("cache-root"))
    func whileHeld(_ cache: borrowing ExclusiveCache) throws {
      let refused = try scratch.check("cache-root", .safe)
      #expect(refused.report.refusal == .locked)
    }
    try whileHeld(try store.hold())
    let repaired = try scratch.check("cache-root", .safe)
    #expect(repaired.report.exit == CheckReport.ExitBits.repaired)
  }

  @Test("an entry that changed since it was looked at is left alone, and named")
  func changedMeanwhile() throws {
    let scratch = ScratchDirectory()
    let volume = try scratch.makeBareObjects(count: Repairer.batchSize + 6)
    let last = try #require(NaiveWalk.entries(volume).last { $0.isRegular })
    let file = "\(volume)/\(String(decoding: last.path, as: UTF8.self))"
    let result = try scratch.check("cache-root", .safe) { options in
      // The journal is there between the first batch and the second: somebody writes an object of the second anew.
      options.isCancelled = {
        if FileManager.default.fileExists(atPath: "\(scratch.path)/journal"),
          NaiveWalk.contentSum(file) != NaiveWalk.contentSum("/dev/null")
        {
          _ = FileManager.default.createFile(atPath: "\(file).new", contents: Data())
          rename("\(file).new", file)
        }
        return false
      }
    }
    #expect(result.failures.count == 1)
    #expect(result.failures.first?.note == "it has changed since it was looked at: run again")
    #expect(result.findings.filter { !$0.isRepaired && $0.id == .o06 }.count == 1)
    #expect(FileManager.default.fileExists(atPath: file))
    #expect(
      result.report.exit
        == CheckReport.ExitBits.repaired | CheckReport.ExitBits.left | CheckReport.ExitBits.operational)
  }
}

extension ScratchDirectory {
  /// A cache whose objects all lack the attribute; gives the path of their volume.
  fileprivate func makeBareObjects(count: Int) throws -> String {
    try makeCache(objects: count)
    try tidyModes("cache-root")
    let volume = "\(path)/cache-root/cache/I9p,p9src,hosttag"
    for entry in NaiveWalk.entries(volume) where entry.isRegular {
      removexattr("\(volume)/\(String(decoding: entry.path, as: UTF8.self))", "user.CacheFiles.cache")
    }
    return volume
  }
}
