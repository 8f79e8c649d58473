// SPDX-License-Identifier: Apache-2.0
import CachefilesCheck
import CachefilesStore
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// A repair that is cut off between any two changes of the disk, as by SIGKILL or a loss of power.
@Suite("Repairs that are cut off", .enabled(if: isRoot, "needs root"))
struct CutRepairTests {
  /// One of each kind of repair, in an order that makes them meet: a graveyard that has to be made, flags, burials,
  /// headers, attributes, modes, times and lengths.
  static let ids: [ProblemID] =
    [.v04, .v06, .f02, .o04, .o05, .o06, .o10, .o16, .o24] + (isRoot ? [.o19, .r10, .r11] : [.r11])

  /// The number of changes that a whole repair of a cache with this damage makes.
  static func changes(_ ids: [ProblemID]) throws -> Int {
    let scratch = ScratchDirectory()
    defer { scratch.clearFlags() }
    try scratch.makeDamaged(ids)
    let plan = FaultPlan(cutBeforeChange: .max)
    _ = try plan.run { try scratch.check("cache-root", .allAndDirty) }
    return plan.watched
  }

  @Test(
    "after a cut anywhere the next run finishes the work, and both can be taken back",
    arguments: [ids, [.r03, .o06], [.r04, .o06, .o07], [.r02]])
  func cutAnywhere(ids: [ProblemID]) throws {
    let total = try Self.changes(ids)
    #expect(total > 3)
    for ordinal in 1...total {
      let scratch = ScratchDirectory()
      defer { scratch.clearFlags() }
      try scratch.makeDamaged(ids)
      let before = try scratch.snapshot()
      let problems = try scratch.check().problems
      let plan = FaultPlan(cutBeforeChange: ordinal)
      let cut = try plan.run { try scratch.check("cache-root", .allAndDirty) }
      // The last change ends the journal: all is done by then.
      let isSuccess = cut.report.exit & CheckReport.ExitBits.operational == 0
      #expect(isSuccess == (ordinal == total), "change \(ordinal): a cut is not a success")
      // Nothing is worse than it was: the kernel would find no problem that it had not found before.
      let between = try scratch.check()
      #expect(between.problems.isSubset(of: problems.union([.r03])), "change \(ordinal): \(between.essence)")
      let second = try scratch.check("cache-root", .allAndDirty, journal: "second")
      #expect(second.failures.isEmpty, "change \(ordinal): \(second.failures)")
      let third = try scratch.check("cache-root", .allAndDirty, journal: "third")
      #expect(third.findings.allSatisfy { ProblemKind.of($0.id).repair == nil }, "change \(ordinal): \(third.essence)")
      for journal in ["second", "journal"] where scratch.names.contains(journal) {
        // A journal that was cut off in its first line holds no step.
        guard let undo = try? Undo(journal: scratch.path(journal)) else { continue }
        let report = undo.run(in: try Store(damaged: scratch.path("cache-root"))) {
          Issue.record("change \(ordinal), \(journal): \($0)")
        }
        #expect(report.lost.isEmpty, "change \(ordinal): \(report)")
      }
      #expect(try scratch.snapshot() == before, "change \(ordinal)")
    }
  }

  @Test("an undo that is cut off anywhere can be run again and brings everything back")
  func cutUndo() throws {
    let counted = ScratchDirectory()
    defer { counted.clearFlags() }
    try counted.makeDamaged(Self.ids)
    _ = try counted.check("cache-root", .allAndDirty)
    let count = FaultPlan(cutBeforeChange: .max)
    _ = try count.run { try counted.undo() }
    #expect(count.watched > 10)
    for ordinal in 1...count.watched {
      let scratch = ScratchDirectory()
      defer { scratch.clearFlags() }
      try scratch.makeDamaged(Self.ids)
      let before = try scratch.snapshot()
      _ = try scratch.check("cache-root", .allAndDirty)
      let cut = try FaultPlan(cutBeforeChange: ordinal).run { try scratch.undo() }
      #expect(cut.errors > 0 || cut.refusal != nil)
      let again = try scratch.undo()
      #expect(again.errors == 0 && again.lost.isEmpty && again.refusal == nil, "change \(ordinal): \(again)")
      let after = try scratch.snapshot()
      #expect(after == before, "change \(ordinal): \(after.filter { !before.contains($0) })")
    }
  }

  @Test("when any single call fails, the repair says so, goes on with the rest, and the next run finishes it")
  func everyCallFails() throws {
    let ids: [ProblemID] = [.o06, .o16, .v04, .r11, .r10]
    let counting = ScratchDirectory()
    try counting.makeDamaged(ids)
    let count = FaultPlan(cutBeforeChange: .max)
    _ = try count.run { try counting.check("cache-root", .allAndDirty) }
    for ordinal in 1...count.watched {
      for error in [Errno.noSpace, .ioError, .permissionDenied] {
        let scratch = ScratchDirectory()
        try scratch.makeDamaged(ids)
        let before = try scratch.snapshot()
        let plan = FaultPlan(failingChange: ordinal, with: error)
        let result = try plan.run { try scratch.check("cache-root", .allAndDirty) }
        #expect(plan.failed == 1)
        let repaired = result.findings.filter(\.isRepaired).count
        #expect(
          result.report.exit & CheckReport.ExitBits.operational != 0 || repaired == ids.count,
          "change \(ordinal), \(error): \(result.essence)")
        _ = try scratch.check("cache-root", .allAndDirty, journal: "second")
        let third = try scratch.check()
        #expect(third.findings.allSatisfy { ProblemKind.of($0.id).repair == nil }, "change \(ordinal), \(error)")
        for journal in ["second", "journal"] {
          guard let undo = try? Undo(journal: scratch.path(journal)) else { continue }
          _ = undo.run(in: try Store(damaged: scratch.path("cache-root"))) { _ in }
        }
        #expect(try scratch.snapshot() == before, "change \(ordinal), \(error)")
      }
    }
  }
}
