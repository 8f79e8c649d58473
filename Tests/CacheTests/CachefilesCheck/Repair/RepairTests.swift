// SPDX-License-Identifier: Apache-2.0
import CachefilesCheck
import CachefilesFormat
import CachefilesSamples
import CachefilesStore
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// Each problem on its own: shown, absent next door, mended, still mended, taken back.
@Suite("Problems and their repairs")
struct RepairTests {
  static let damages = Damage.all.map(\.id)

  @Test(
    "a sound cache shows no more than the notes that healthy caches have",
    .enabled(if: isRoot, "needs root: what others make is not root's"))
  func soundCache() throws {
    let scratch = ScratchDirectory()
    try scratch.makeDamaged([])
    let result = try scratch.check()
    #expect(Set(result.counts.keys).isSubset(of: [.f01, .r05, .r08, .o15]), "\(result.essence)")
    #expect(result.report.exit == 0)
  }

  @Test(
    "a damage is found, once for each thing that is damaged, and nothing else is",
    .enabled(if: isRoot, "needs root: what others make is not root's"), arguments: damages)
  func findsDamage(id: ProblemID) throws {
    let scratch = ScratchDirectory()
    try scratch.makeDamaged([])
    let before = Set(try scratch.check().findings.map(\.id))
    scratch.clearFlags()
    let damaged = ScratchDirectory()
    defer { damaged.clearFlags() }
    try damaged.makeDamaged([id])
    let result = try damaged.check()
    let expected = [.o18, .o23].contains(id) ? 2 : 1
    if id == .f01 {
      #expect(result.counts[.f01] == 2)
    } else {
      #expect(result.counts[id] == expected, "\(result.essence)")
    }
    // What a damage brings with it by its nature.
    let company: [ProblemID: Set<ProblemID>] = [
      .r02: [], .r03: [], .v02: [], .v05: [.v08], .v06: [.v08], .v07: [.v08], .v09: [.v08], .v10: [.v08],
      .f02: [.v08], .f03: [.v08], .o04: [.v08], .o05: [.v08], .o23: [.v08], .o27: [.v10], .o01: [], .g03: [.g01],
      .g02: [.g01], .o17: [], .o20: [], .o16: [],
    ]
    let others = Set(result.counts.keys).subtracting(before).subtracting([id, .f01])
    #expect(others.isSubset(of: company[id] ?? []), "\(result.essence)")
    #expect(result.failures.isEmpty)
  }

  @Test(
    "a repaired cache has nothing left to repair, and a second repair changes nothing",
    .enabled(if: isRoot, "needs root: what others make is not root's"), arguments: damages)
  func repairsForGood(id: ProblemID) throws {
    let scratch = ScratchDirectory()
    defer { scratch.clearFlags() }
    try scratch.makeDamaged([id])
    let repair = try scratch.check("cache-root", .allAndDirty)
    #expect(repair.failures.isEmpty, "\(repair.failures)")
    let hasRepair = ProblemKind.of(id).repair != nil
    #expect(repair.report.exit & 1 == (hasRepair ? 1 : 0))
    #expect(repair.findings.filter { $0.id == id }.allSatisfy { $0.isRepaired == hasRepair })
    #expect(FileManager.default.fileExists(atPath: "\(scratch.path)/journal") == hasRepair)
    let after = try scratch.snapshot()
    let second = try scratch.check("cache-root", .allAndDirty, journal: "second")
    #expect(second.findings.allSatisfy { ProblemKind.of($0.id).repair == nil }, "\(second.essence)")
    #expect(second.report.exit & 1 == 0)
    #expect(try scratch.snapshot() == after)
    #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/second"))
  }

  @Test(
    "an undo puts back path, inode, attribute, flags, mode, content and times",
    .enabled(if: isRoot, "needs root: what others make is not root's"), arguments: damages)
  func undoes(id: ProblemID) throws {
    let scratch = ScratchDirectory()
    defer { scratch.clearFlags() }
    try scratch.makeDamaged([id])
    let before = try scratch.snapshot()
    let repair = try scratch.check("cache-root", .allAndDirty)
    guard repair.report.journal != nil else { return }
    #expect(try scratch.snapshot() != before)
    let report = try scratch.undo()
    #expect(report.lost.isEmpty)
    #expect(report.errors == 0)
    #expect(report.restored > 0)
    #expect(try scratch.snapshot() == before)
    let again = try scratch.undo()
    #expect(again.restored == 0)
    #expect(again.lost.isEmpty)
    #expect(try scratch.snapshot() == before)
  }

  @Test("all damages together are found, mended and taken back", .enabled(if: isRoot, "needs root"))
  func allTogether() throws {
    let scratch = ScratchDirectory()
    defer { scratch.clearFlags() }
    let ids = Damage.all.filter { !$0.standsAlone }.map(\.id)
    try scratch.makeDamaged(ids)
    let before = try scratch.snapshot()
    let found = try scratch.check()
    #expect(Set(ids).subtracting(found.counts.keys) == [.r11], "R11 needs that there is no old tree")
    #expect(try scratch.snapshot() == before, "a check changes nothing")
    let repair = try scratch.check("cache-root", .allAndDirty)
    #expect(repair.counts[.r11] == 1)
    #expect(try scratch.check().findings.allSatisfy { ProblemKind.of($0.id).repair == nil })
    #expect(try scratch.undo().lost.isEmpty)
    #expect(try scratch.snapshot() == before)
  }

  @Test(
    "-p mends what it may and nothing else", .enabled(if: isRoot, "needs root: what others make is not root's"),
    arguments: damages)
  func preens(id: ProblemID) throws {
    let safe: Set<ProblemID> = [
      .r02, .r03, .v03, .v04, .v05, .v06, .v07, .v09, .f02, .o01, .o02, .o03, .o04, .o05, .o06, .o07, .o08, .o09, .o14,
      .o19, .o22, .g03,
    ]
    let scratch = ScratchDirectory()
    defer { scratch.clearFlags() }
    try scratch.makeDamaged([id])
    let result = try scratch.check("cache-root", .safe)
    #expect(result.findings.filter { $0.id == id }.allSatisfy { $0.isRepaired == safe.contains(id) })
    #expect(result.findings.filter { $0.id != id }.allSatisfy { !$0.isRepaired })
  }

  @Test(
    "dirty objects stay unless they are asked for by name of the option",
    .enabled(if: isRoot, "needs root: what others make is not root's"))
  func keepsDirtyObjects() throws {
    let scratch = ScratchDirectory()
    try scratch.makeDamaged([.o10])
    let before = try scratch.snapshot()
    let result = try scratch.check("cache-root", .all)
    #expect(result.counts[.o10] == 1)
    #expect(result.report.exit == CheckReport.ExitBits.left)
    #expect(try scratch.snapshot() == before)
  }

  @Test(
    "a volume with dirty objects is not buried without the consent that they need",
    .enabled(if: isRoot, "needs root: what others make is not root's"))
  func keepsDirtyVolumes() throws {
    let scratch = ScratchDirectory()
    try scratch.makeDamaged([.v12])
    let volume = "\(scratch.path)/cache-root/cache/Ierofs,sample"
    let object = try #require(NaiveWalk.entries(volume).first { $0.isRegular })
    let path = "\(volume)/\(String(decoding: object.path, as: UTF8.self))"
    var value = try #require(NaiveWalk.attribute(Array(path.utf8)))
    value[17] = 4
    setAttribute(path, value)
    let before = try scratch.snapshot()
    let kept = try scratch.check("cache-root", .all)
    #expect(kept.counts[.v12] == 1)
    #expect(try scratch.snapshot() == before)
    let asked = try scratch.check("cache-root", .allAndDirty)
    #expect(asked.findings.contains { $0.id == .v12 && $0.isRepaired })
  }

  @Test("volumes that hold coherency data are buried whole where the header would have to be invented")
  func buriesVolumesWithCoherencyData() throws {
    let scratch = ScratchDirectory()
    let volume = "cifs,10.0.0.1:445,share"
    try scratch.makeCache(volume: volume, objects: 0)
    try scratch.tidyModes("cache-root")
    let before = try scratch.snapshot()
    let result = try scratch.check("cache-root", .safe)
    #expect(result.problems == [.v06])
    #expect(result.findings.contains { $0.repair == .bury && $0.isRepaired })
    #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/cache-root/cache/I\(volume)"))
    #expect(try scratch.undo().restored == 1)
    #expect(try scratch.snapshot() == before)
  }

  @Test(
    "--delete removes for good, and the undo says so",
    .enabled(if: isRoot, "needs root: what others make is not root's"))
  func deletes() throws {
    let scratch = ScratchDirectory()
    try scratch.makeDamaged([.o06, .o04])
    let result = try scratch.check("cache-root", .all) { $0.deletes = true }
    #expect(result.report.exit == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/cache-root/graveyard").isEmpty)
    let report = try scratch.undo()
    #expect(report.restored == 0)
    #expect(report.lost.count == 2)
    #expect(report.lost.allSatisfy { $0.hasSuffix("it was deleted") })
  }

  @Test("an undo after a sweep says what cannot come back, and brings back the rest")
  func undoAfterSweep() throws {
    let scratch = ScratchDirectory()
    try scratch.makeDamaged([.o06, .o07, .v04])
    _ = try scratch.check("cache-root", .safe)
    let graveyard = "\(scratch.path)/cache-root/graveyard"
    let buried = try FileManager.default.contentsOfDirectory(atPath: graveyard).sorted()
    #expect(buried.count == 2)
    try FileManager.default.removeItem(atPath: "\(graveyard)/\(buried[0])")
    let report = try scratch.undo()
    #expect(report.restored == 2)
    #expect(report.lost.count == 1)
    #expect(report.lost[0].hasSuffix("it has been swept from the graveyard"))
  }
}
