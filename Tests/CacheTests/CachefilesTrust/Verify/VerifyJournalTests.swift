// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import Foundation
import LinuxIO
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesTrust

/// A verification that ends early goes on where it ended.
@Suite("The journal of a verification")
struct VerifyJournalTests {
  private let count = 12

  private func prepare() throws -> MountedTree {
    let tree = try MountedTree()
    for index in 0..<count {
      let name = String(format: "f%02d", index)
      try tree.write(name, VerifyTests.noise(9000, UInt64(index)))
      try tree.cache(name, wrong: index == 2 ? [77] : [])
    }
    return tree
  }

  private func journal(
    _ tree: MountedTree, _ name: String = "journal", share: Double = 1, seed: UInt64? = nil,
    now: Timestamp = .now - .seconds(-2)
  ) throws -> VerifyJournal {
    let store = try Store(path: tree.scratch.path("cache-root"))
    let subject = VerifyJournal.Subject(store, [tree.scratch.path("mnt").bytes], recursive: true, share: share)
    return try VerifyJournal(tree.scratch.path(name), of: subject, in: store, seed: seed, otherwise: 7, now: now)
  }

  /// Compares until so many files are done, with one thread.
  private func run(_ tree: MountedTree, _ journal: VerifyJournal, until limit: Int) throws -> MountedTree.Result {
    let done = Guarded(0)
    return try tree.verify(journal: journal) { options in
      options.threads = 1
      options.onFile = { _ in done.withLock { $0 += 1 } }
      options.isCancelled = { done.withLock { $0 } >= limit }
    }
  }

  @Test("What is done is not done again, what was wrong is, and the sums are those of one run")
  func goesOn() throws {
    let tree = try prepare()
    let whole = try tree.verify().report.tally
    let first = try run(tree, try journal(tree), until: 5).report
    #expect(first.isInterrupted)
    #expect(first.left == count - 5)
    let second = try journal(tree)
    #expect(second.isResumed)
    let report = try run(tree, second, until: 100).report
    // What is wrong is compared again.
    #expect(report.resumed == 5 - first.tally.count(.wrong))
    #expect(report.tally == whole)
    // A difference is looked at twice, the second time at the piece alone.
    #expect(report.runBytes == UInt64(count - report.resumed + 1) * 9000)
    #expect(report.wrong.map(\.path) == [tree.path("f02")])
    // It is finished: the next one begins anew.
    #expect(try !journal(tree).isResumed)
  }

  @Test("A file whose object came, or was changed, since the first run began is compared, wherever it is in the list")
  func comesLater() throws {
    let tree = try prepare()
    try tree.write("absent", VerifyTests.noise(9000, 99))
    Pause.microseconds(1_200_000)
    _ = try run(tree, try journal(tree, now: .now), until: count)
    try tree.cache("absent", wrong: [5])
    try tree.cache("f07", wrong: [6])
    let report = try run(tree, try journal(tree), until: 100).report
    #expect(report.wrong.map(\.path) == ["absent", "f02", "f07"].map { tree.path($0) })
    #expect(report.tally.fileCount == count + 1)
  }

  @Test("A file that was moved in front of what is done is compared")
  func movedFile() throws {
    let tree = try prepare()
    _ = try run(tree, try journal(tree), until: 5)
    for index in 0..<count where index != 2 {
      let name = String(format: "f%02d", index)
      try FileManager.default.moveItem(
        atPath: "\(tree.scratch.path)/mnt/\(name)", toPath: "\(tree.scratch.path)/mnt/a\(name)")
    }
    let report = try run(tree, try journal(tree), until: 100).report
    #expect(report.tally.count(.right) == count - 1)
    #expect(report.resumed <= 5)
  }

  @Test("What an earlier run found wrong is not lost when a run in between does nothing")
  func emptyRun() throws {
    let tree = try prepare()
    _ = try run(tree, try journal(tree), until: count - 1)
    _ = try run(tree, try journal(tree), until: 0)
    let report = try run(tree, try journal(tree), until: 100).report
    #expect(report.wrong.map(\.path) == [tree.path("f02")])
    #expect(report.verdict == .wrong)
  }

  @Test("A wrong file that was renamed since is found again")
  func renamedWrong() throws {
    let tree = try prepare()
    _ = try run(tree, try journal(tree), until: count - 1)
    let place = "\(tree.scratch.path)/mnt"
    try FileManager.default.moveItem(atPath: "\(place)/f02", toPath: "\(place)/a")
    let report = try run(tree, try journal(tree), until: 100).report
    #expect(report.wrong.map(\.path) == [tree.path("a")])
    #expect(report.verdict == .wrong)
  }

  @Test("What changes after it was compared is compared once more, and the runs come to an end all the same")
  func changedOnce() throws {
    let tree = try prepare()
    _ = try run(tree, try journal(tree), until: 4)
    Pause.microseconds(20_000)
    for index in 0..<count where index != 2 { try tree.cache(String(format: "f%02d", index)) }
    var runs = 0
    while true {
      runs += 1
      let report = try run(tree, try journal(tree), until: 4).report
      if report.isFinished {
        #expect(report.tally.count(.right) == count - 1)
        #expect(report.tally.comparedBytes == UInt64(count * 9000))
        break
      }
      try #require(runs < 10)
    }
  }

  @Test("Objects that are gone since count no more")
  func goneSince() throws {
    let tree = try prepare()
    try tree.cache("f02")
    _ = try run(tree, try journal(tree), until: count - 1)
    try FileManager.default.removeItem(atPath: "\(tree.scratch.path)/cache-root/cache/I9p,p9src,hosttag")
    let report = try run(tree, try journal(tree), until: 100).report
    #expect(report.tally.count(.right) == 0 && report.tally.comparedBytes == 0)
    #expect(report.verdict == .unknown)
  }

  @Test("A journal of the first form tells no time: the next run begins anew")
  func untimed() throws {
    let tree = try prepare()
    _ = try run(tree, try journal(tree), until: 5)
    let path = URL(fileURLWithPath: "\(tree.scratch.path)/journal")
    let text = try String(contentsOf: path, encoding: .utf8)
      .replacingOccurrences(of: "verify-journal/2", with: "verify-journal/1")
    try text.write(to: path, atomically: false, encoding: .utf8)
    #expect(try !journal(tree).isResumed)
  }

  @Test("Many short runs come to the end")
  func shortRuns() throws {
    let tree = try prepare()
    var runs = 0
    while true {
      runs += 1
      let report = try run(tree, try journal(tree), until: 3).report
      if report.isFinished {
        #expect(report.tally.count(.right) == count - 1)
        break
      }
      try #require(runs < 20)
    }
    #expect(runs > 2)
  }

  @Test("The sample of a journal goes on with its seed; another seed begins anew")
  func seeds() throws {
    let tree = try prepare()
    #expect(try journal(tree, share: 0.5).seed == 7)
    _ = try run(tree, try journal(tree, share: 0.5, seed: 9), until: 3)
    #expect(try journal(tree, share: 0.5).seed == 9)
    #expect(try journal(tree, share: 0.5).isResumed)
    #expect(try !journal(tree, share: 0.5, seed: 10).isResumed)
  }

  @Test("One that is of something else, lies in the cache, or could be somebody else's is refused")
  func refused() throws {
    let tree = try prepare()
    _ = try run(tree, try journal(tree), until: 3)
    #expect(throws: StoreError.self) { _ = try journal(tree, share: 0.5) }
    #expect(throws: StoreError.self) { _ = try journal(tree, "cache-root/journal") }
    chmod("\(tree.scratch.path)/journal", 0o666)
    #expect(throws: StoreError.self) { _ = try journal(tree) }
    try tree.scratch.write("other", Array("{}".utf8))
    chmod("\(tree.scratch.path)/other", 0o600)
    #expect(throws: StoreError.self) { _ = try journal(tree, "other") }
    #expect(try Data(contentsOf: URL(fileURLWithPath: "\(tree.scratch.path)/other")) == Data("{}".utf8))
  }

  #if FAULTS
    @Test("A journal that cannot be written ends the run with the reason")
    func cannotWrite() throws {
      let tree = try prepare()
      let made = try journal(tree)
      let plan = FaultPlan(failing: .renameat2, ordinal: 0, with: .noSpace)
      #expect(throws: StoreError.self) { try plan.run { _ = try tree.verify(journal: made) } }
    }
  #endif
}
