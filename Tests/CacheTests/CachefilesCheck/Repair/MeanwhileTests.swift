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

/// What somebody mends between the look and the repair is not repaired any more.
@Suite("Entries mended between the look and the repair")
struct MeanwhileTests {
  let scratch = ScratchDirectory()
  private let volume = "9p,p9src,hosttag"
  private var directory: String { "\(scratch.path)/cache-root/cache/I\(volume)" }

  /// Makes objects without their attribute, more than fit one batch, and gives their paths in order.
  private func makeBare() throws -> [String] {
    try scratch.makeCache(volume: volume, objects: Repairer.batchSize + 6)
    try scratch.tidyModes("cache-root")
    let paths = NaiveWalk.entries(directory).filter(\.isRegular).map {
      "\(directory)/\(String(decoding: $0.path, as: UTF8.self))"
    }
    return paths.sorted()
  }

  /// Repairs, and does something between the first batch and the second, when the journal is there.
  private func repair(_ only: Set<ProblemID>? = nil, meanwhile: @escaping @Sendable () -> Void) throws -> CheckResult {
    let journal = "\(scratch.path)/journal"
    let done = Collector<Bool>()
    return try scratch.check("cache-root", .safe) { options in
      options.policy.only = only
      options.isThorough = false
      options.isCancelled = {
        if done.all.isEmpty, FileManager.default.fileExists(atPath: journal) {
          done.add(true)
          meanwhile()
        }
        return false
      }
    }
  }

  @Test("an object that got its attribute back is not buried; the run says so and asks to be run again")
  func attributeRestored() throws {
    let paths = try makeBare()
    let last = try #require(paths.last)
    let value = try #require(NaiveWalk.attribute(Array(last.utf8)))
    for path in paths { removexattr(path, "user.CacheFiles.cache") }
    let result = try repair { setAttribute(last, value) }
    #expect(FileManager.default.fileExists(atPath: last))
    #expect(result.findings.filter { $0.id == .o06 && $0.isRepaired }.count == paths.count - 1)
    #expect(result.failures.map(\.path) == [Array(last.utf8)])
    #expect(result.failures.first?.note?.contains("run again") == true)
    #expect(result.report.exit & CheckReport.ExitBits.left != 0)
    #expect(try scratch.check().counts[.o06] == nil)
  }

  @Test(
    "a journal that is gone, or another file in its place, ends the repairs: nothing more could be undone",
    arguments: [false, true])
  func journalGone(isReplaced: Bool) throws {
    let paths = try makeBare()
    for path in paths { removexattr(path, "user.CacheFiles.cache") }
    let journal = "\(scratch.path)/journal"
    let result = try repair {
      unlink(journal)
      if isReplaced { _ = FileManager.default.createFile(atPath: journal, contents: Data("x".utf8)) }
    }
    #expect(result.report.refusal?.description.contains("the journal is gone") == true)
    #expect(result.findings.count { $0.id == .o06 && $0.isRepaired } == Repairer.batchSize)
    #expect(NaiveWalk.entries(directory).count(where: \.isRegular) == paths.count - Repairer.batchSize)
    if isReplaced { #expect(try String(contentsOfFile: journal, encoding: .utf8) == "x") }
  }

  @Test(
    "a journal that can be written in part is cut back to its last whole line, ends the repairs, and can be undone",
    arguments: [(Syscall.write, 3), (.fsync, 4)])
  func journalTorn(call: Syscall, ordinal: Int) throws {
    let paths = try makeBare()
    let before = NaiveWalk.entries(directory)
    for path in paths { removexattr(path, "user.CacheFiles.cache") }
    let bare = NaiveWalk.entries(directory)
    // Of the second batch: its write, or that what was written comes to the disk.
    let plan = FaultPlan(failing: call, ordinal: ordinal, with: .noSpace)
    let result = try plan.run { try repair {} }
    #expect(plan.failed == 1 && result.report.refusal?.description.contains("cannot write the journal") == true)
    #expect(result.findings.count { $0.id == .o06 && $0.isRepaired } == Repairer.batchSize)
    let text = try String(contentsOfFile: "\(scratch.path)/journal", encoding: .utf8)
    #expect(text.hasSuffix("}\n") && text.split(separator: "\n").count == 1 + Repairer.batchSize)
    let undone = try scratch.undo("journal", "cache-root")
    #expect(undone.refusal == nil && undone.errors == 0)
    #expect(NaiveWalk.entries(directory).map(\.path) == bare.map(\.path) && before.count == bare.count)
  }

  @Test("a volume that got its attribute back keeps it")
  func volumeRestored() throws {
    let paths = try makeBare()
    for path in paths { removexattr(path, "user.CacheFiles.cache") }
    setAttribute(directory, [0, 0, 0, 1])
    let volume = directory
    // As a kernel of another build might write it: not what the repair would write.
    let result = try repair { setAttribute(volume, [0, 0, 0, 2]) }
    #expect(result.findings.contains { $0.id == .v07 && !$0.isRepaired })
    #expect(NaiveWalk.attribute(Array(volume.utf8)) == [0, 0, 0, 2])
    #expect(result.failures.map(\.path) == [Array(volume.utf8)])
  }

  @Test(
    "what the run itself changed is no obstacle: several problems of one entry, of its directory, of its other names",
    .enabled(if: isRoot, "needs root: what others make is not root's"))
  func ownChanges() throws {
    let paths = try makeBare()
    // Two problems of a volume directory, with repairs of what stands in it before and after.
    removexattr(directory, "user.CacheFiles.cache")
    try scratch.write("cache-root/cache/I\(volume)/README", [1])
    // One file with two names, both without the attribute; a graveyard with a wrong mode, which takes what is buried.
    removexattr(paths[0], "user.CacheFiles.cache")
    let fanout = FilePathText.parent(paths[0])
    #expect(link(paths[0], "\(fanout)/Tsecond") == 0)
    chmod("\(scratch.path)/cache-root/graveyard", 0o755)
    let result = try scratch.check("cache-root", .all) { $0.isThorough = false }
    #expect(result.failures.isEmpty, "\(result.failures)")
    for id in [ProblemID.v04, .v09, .r10] {
      #expect(result.findings.contains { $0.id == id && $0.isRepaired }, "\(id)")
    }
    #expect(!FileManager.default.fileExists(atPath: paths[0]))
    #expect(!FileManager.default.fileExists(atPath: "\(fanout)/Tsecond"))
  }

  /// Paths as text.
  private enum FilePathText {
    static func parent(_ path: String) -> String { String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]) }
  }
}
