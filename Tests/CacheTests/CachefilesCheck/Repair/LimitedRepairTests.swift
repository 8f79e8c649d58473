// SPDX-License-Identifier: Apache-2.0
import CachefilesCheck
import CachefilesFormat
import CachefilesStore
import Foundation
import LinuxIO
import TestSupport
import Testing

/// Repairs that are more than can wait, with and without time for another look.
@Suite("More repairs than can wait")
struct LimitedRepairTests {
  let scratch = ScratchDirectory()

  /// A cache of two volumes with this many objects under impossible names each.
  private func makeBad(_ first: Int, _ second: Int) throws {
    for (volume, count) in [("9p,aaa,x", first), ("9p,bbb,y", second)] {
      try scratch.makeCache(volume: volume, objects: 1)
      try scratch.makeDirectory("cache-root/cache/I\(volume)/@00")
      for number in 0..<count { try scratch.write("cache-root/cache/I\(volume)/@00/bad\(number)") }
    }
    try scratch.tidyModes("cache-root")
  }

  /// How many of them are still there.
  private func left(_ volume: String) throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/cache-root/cache/I\(volume)/@00")
      .count { $0.hasPrefix("bad") }
  }

  @Test("all of them are mended, and each counts once")
  func enoughTime() throws {
    try makeBad(10, 7)
    let result = try scratch.check("cache-root", .safe) { $0.repairLimit = 3 }
    #expect(result.report.exit == CheckReport.ExitBits.repaired)
    let group = try #require(result.report.groups.first { $0.kind.id == .o01 })
    #expect(group.count == 17 && group.repaired == 17)
    #expect(try left("9p,aaa,x") == 0 && left("9p,bbb,y") == 0)
  }

  @Test("what could not wait when the time was over is left, and the next run begins with it")
  func firstLookOutOfTime() throws {
    try makeBad(10, 7)
    let result = try scratch.check("cache-root", .safe) { options in
      options.repairLimit = 3
      options.timeLimit = .zero
      options.firstVolume = Array("9p,aaa,x".utf8)
    }
    #expect(try left("9p,aaa,x") == 7)
    let group = try #require(result.report.groups.first { $0.kind.id == .o01 })
    #expect(group.count == 10 && group.repaired == 3)
    #expect(result.report.nextVolume == Array("9p,aaa,x".utf8))
    #expect(
      result.report.exit == CheckReport.ExitBits.repaired | CheckReport.ExitBits.left
        | CheckReport.ExitBits.interrupted)
    let next = try scratch.check("cache-root", .safe, journal: "next") { options in
      options.timeLimit = .zero
      options.firstVolume = result.report.nextVolume
    }
    #expect(try left("9p,aaa,x") == 0)
    #expect(next.report.nextVolume == Array("9p,bbb,y".utf8))
  }

  @Test(
    "what could not wait outside volumes is left, too",
    .enabled(if: isRoot, "needs root: what others make is not root's"))
  func outsideVolumes() throws {
    try makeBad(0, 0)
    for number in 0..<8 { try scratch.write("cache-root/cache/foreign\(number)") }
    let result = try scratch.check("cache-root", .all) { options in
      options.repairLimit = 3
      options.timeLimit = .zero
    }
    let group = try #require(result.report.groups.first { $0.kind.id == .v01 })
    #expect(group.count == 8 && group.repaired == 3)
    #expect(result.report.exit & CheckReport.ExitBits.left != 0)
  }

  @Test("when another look runs out of time the run says so, and where to go on")
  func secondLookOutOfTime() throws {
    try makeBad(4, 6)
    // The first look takes no time; the first repair takes all of it.
    let start = ContinuousClock.now
    let repaired = Collector<Bool>()
    let result = try scratch.check("cache-root", .safe) { options in
      options.repairLimit = 4
      options.timeLimit = .seconds(3)
      options.clock = { repaired.all.isEmpty ? start : start + .seconds(4) }
      options.threads = 1
      options.onFinding = { if $0.isRepaired { repaired.add(true) } }
    }
    #expect(try left("9p,aaa,x") == 0)
    #expect(try left("9p,bbb,y") == 6)
    let group = try #require(result.report.groups.first { $0.kind.id == .o01 })
    #expect(group.count == 10 && group.repaired == 4)
    #expect(result.report.nextVolume != nil)
    #expect(
      result.report.exit == CheckReport.ExitBits.repaired | CheckReport.ExitBits.left
        | CheckReport.ExitBits.interrupted)
  }

  @Test("an entry named like a volume without a key is looked at with a time limit, too")
  func emptyKey() throws {
    try makeBad(0, 0)
    #expect(mkfifo("\(scratch.path)/cache-root/cache/I", 0o600) == 0)
    #expect(try scratch.check().counts[.v03] == 1)
    #expect(try scratch.check { $0.timeLimit = .seconds(3600) }.counts[.v03] == 1)
    #expect(try scratch.check { $0.firstVolume = [] }.counts[.v03] == 1)
  }
}
