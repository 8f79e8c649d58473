// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesCheck
@testable import CachefilesStore
@testable import CachefilesUpkeep

/// Undo: it changes nothing but what the repair changed, and never says that all is back when it is not.
@Suite("Undo, and what came after the repair")
struct UndoSafetyTests {
  let scratch = ScratchDirectory()
  private var journal: String { "\(scratch.path)/journal" }
  private let volume = "cache-root/cache/I9p,sample,damage"

  private func full(_ name: String) -> String { "\(scratch.path)/\(name)" }

  private func object() throws -> String {
    let entry = try #require(NaiveWalk.entries(full(volume)).first { $0.isRegular })
    return full("\(volume)/\(String(decoding: entry.path, as: UTF8.self))")
  }

  @Test("an entry that got the same inode number later is left alone", arguments: [ProblemID.o06, .o16, .v04, .r11])
  func inodeUsedAgain(id: ProblemID) throws {
    try scratch.makeDamaged([id])
    _ = try scratch.check("cache-root", .all)
    let repaired = try scratch.snapshot()
    // As if everything had been made later than the journal says.
    try scratch.editJournal { text in
      var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      for index in lines.indices.dropFirst() {
        lines[index] = lines[index].replacing(/"birth":(\d+)/) { "\"birth\":\((Int64($0.1) ?? 0) - 1)" }
      }
      return lines.joined(separator: "\n")
    }
    let report = try scratch.undo()
    #expect(report.restored == 0 && !report.lost.isEmpty && report.errors == 0)
    #expect(try scratch.snapshot() == repaired)
  }

  @Test("another root directory with the same inode number is refused")
  func otherRoot() throws {
    try scratch.makeDamaged([.o06])
    _ = try scratch.check("cache-root", .safe)
    let whole = try String(contentsOfFile: journal, encoding: .utf8)
    try scratch.editJournal { $0.replacing(/"birth":\d+/, with: "\"birth\":1", maxReplacements: 1) }
    #expect(try scratch.undo().refusal?.description.contains("which had the same inode") == true)
    // A journal of before, without times of birth, is still good.
    try scratch.editJournal { _ in whole.replacing(/"birth":\d+,/, with: "") }
    let report = try scratch.undo()
    #expect(report.refusal == nil && report.lost.isEmpty && report.restored > 0)
  }

  @Test("what was swept is lost, also where something else has its name by now")
  func nameTakenAgain() throws {
    try scratch.makeDamaged([.o06])
    let object = try object()
    #expect(try scratch.check("cache-root", .safe).counts[.o06] == 1)
    _ = try scratch.sweep()
    _ = FileManager.default.createFile(atPath: object, contents: Data([1]))
    let report = try scratch.undo()
    #expect(report.lost.count == 1)
    #expect(report.lost.first?.hasSuffix("and something else has taken its place") == true)
    #expect(NaiveWalk.contentSum(object) == NaiveWalk.contentSum(object))
    #expect(try Data(contentsOf: URL(filePath: object)) == Data([1]))
  }

  @Test("a deletion that ended half way is not called undone")
  func halfDeleted() throws {
    try scratch.makeDamaged([.o04])
    let directory = try #require(
      NaiveWalk.entries(full(volume)).first { $0.isDirectory && $0.components.count == 2 })
    let path = full("\(volume)/\(String(decoding: directory.path, as: UTF8.self))")
    for name in ["a", "b", "c"] { _ = FileManager.default.createFile(atPath: "\(path)/\(name)", contents: Data([1])) }
    let plan = FaultPlan(failing: .unlinkat, ordinal: 2, with: .ioError)
    _ = try plan.run { try scratch.check("cache-root", .all) { $0.deletes = true } }
    #expect(plan.failed == 1)
    #expect(FileManager.default.fileExists(atPath: path))
    let report = try scratch.undo()
    #expect(report.lost.contains { $0.hasSuffix("some of what was in it may have been deleted") })
  }

  @Test("what was written behind a cut since then is not overwritten")
  func newerTail() throws {
    try scratch.makeDamaged([.o16])
    let object = try object()
    #expect(try scratch.check("cache-root", .all).counts[.o16] == 1)
    #expect(try scratch.undo().lost.isEmpty)
    let size = try #require(NaiveWalk.entries(full(volume)).first { $0.isRegular }).size
    ObjectFile.overwrite(object, at: Int64(size) - 2, [0xee, 0xdd], keepingTime: false)
    let sum = NaiveWalk.contentSum(object)
    let report = try scratch.undo()
    #expect(NaiveWalk.contentSum(object) == sum)
    #expect(report.lost.contains { $0.hasSuffix("it has changed since the repair") })
  }

  @Test("a journal that others may have written, or that names other places, is refused")
  func forged() throws {
    try scratch.makeDamaged([.o06])
    _ = try scratch.check("cache-root", .safe)
    let repaired = try scratch.snapshot()
    chmod(journal, 0o666)
    #expect(throws: JournalFailure.self) { try scratch.undo() }
    chmod(journal, 0o600)
    let whole = try String(contentsOfFile: journal, encoding: .utf8)
    for path in ["spool/cron/root", "etc", "../outside", "/etc/passwd"] {
      try scratch.editJournal { _ in
        whole.replacing(/"path":"cache\/[^"]*"/, with: "\"path\":\"\(path)\"", maxReplacements: 1)
      }
      #expect(try scratch.undo().refusal?.description.hasSuffix("which no repair touches") == true, "\(path)")
    }
    #expect(try scratch.snapshot() == repaired)
    try scratch.editJournal { _ in whole }
    #expect(try scratch.undo().lost.isEmpty)
  }

  @Test("numbers that no file can have end one step, not the program")
  func impossibleNumbers() throws {
    try scratch.makeDamaged([.o16])
    _ = try scratch.check("cache-root", .all)
    try scratch.editJournal { $0.replacing(/"old":\d+,"tail"/, with: "\"old\":18446744073709551615,\"tail\"") }
    let report = try scratch.undo()
    #expect(report.errors == 1)
  }

  @Test("no sweep works while an undo or a copy does, nor the other way round; sweeps share")
  func sweepBeside() throws {
    try scratch.makeDamaged([.o06])
    _ = try scratch.check("cache-root", .safe)
    let graveyard = try OwnedDescriptor(directory: scratch.path("cache-root/graveyard"))
    #expect(try graveyard.lock())
    #expect(throws: StoreError.self) { try scratch.sweep() }
    #expect(scratch.graves.count == 1)
    #expect(try scratch.sweep { $0.isDryRun = true }.report.removedEntries == 1)
    graveyard.unlock()
    #expect(try graveyard.lockShared())
    #expect(try scratch.undo().refusal?.description == "a sweep is at work on its graveyard")
    try scratch.makeCache("source", volume: "9p,other,", objects: 1)
    #expect(
      throws: CopyRefusal.inUse(
        path: scratch.path("cache-root").bytes, reason: "a sweep is at work on its graveyard")
    ) { try scratch.copy("source", to: "cache-root") }
    #expect(scratch.graves.count == 1)
    #expect(try scratch.undo().restored == 0)
    graveyard.unlock()
    #expect(try scratch.undo().restored == 1)
    #expect(try scratch.copy("source", to: "cache-root").report.copiedObjects == 1)
    #expect(try scratch.sweep().report.errors == 0)
  }
}
