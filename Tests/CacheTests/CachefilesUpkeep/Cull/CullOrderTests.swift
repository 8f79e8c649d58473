// SPDX-License-Identifier: Apache-2.0
import CAttr
import CachefilesFormat
import CachefilesSurvey
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesStore
@testable import CachefilesUpkeep

/// A cull that is cut short has removed the beginning of the order: last use, then path.
@Suite("The order of a cull")
struct CullOrderTests {
  let scratch = ScratchDirectory()

  /// Makes objects with these last uses, in seconds, and gives their paths in the order of culling.
  private func make(_ uses: [Int]) throws -> [String] {
    try scratch.makeCache(volume: "9p,one,a", objects: uses.count / 2)
    try scratch.makeCache(volume: "9p,two,b", objects: uses.count - uses.count / 2)
    var order: [(use: Int, path: [UInt8])] = []
    for (use, path) in zip(uses, objects()) {
      let times = [timespec(tv_sec: use, tv_nsec: 0), timespec(tv_sec: 0, tv_nsec: 0x3fff_fffe)]
      #expect(utimensat(AT_FDCWD, "\(scratch.path)/cache-root/\(path)", times, 0) == 0)
      order.append((use, Array(path.utf8)))
    }
    return order.sorted { $0.use != $1.use ? $0.use < $1.use : $0.path.lexicographicallyPrecedes($1.path) }
      .map { String(decoding: $0.path, as: UTF8.self) }
  }

  private func objects() -> [String] {
    NaiveWalk.entries("\(scratch.path)/cache-root").filter(\.isRegular).map { String(decoding: $0.path, as: UTF8.self) }
  }

  private func cull(
    _ plan: FaultPlan? = nil, _ change: (inout CullOptions) -> Void
  ) throws -> Cull.Report {
    var options = CullOptions()
    options.goal.maximumObjects = 0
    options.threads = 4
    options.isCancelled = { false }
    change(&options)
    let cull = Cull(try Store(path: scratch.path("cache-root")), options)
    return plan.map { plan in plan.run { cull.run() } } ?? cull.run()
  }

  /// How many of those that should have gone first are still there, among as many as have gone.
  private func late(_ order: [String]) -> Int {
    let left = Set(objects())
    return order.prefix(order.count - left.count).count { left.contains($0) }
  }

  private static func uses(_ seed: UInt64, _ count: Int) -> [Int] {
    var random = SplitMix64(seed: seed)
    // Few different times: most are ties, which the path decides.
    return (0..<count).map { _ in 1_600_000_000 + Int(random.next() % 7) * 1000 }
  }

  @Test("however many have gone when it is told to stop, they are the first", arguments: 1...8 as ClosedRange<UInt64>)
  func told(seed: UInt64) throws {
    let order = try make(Self.uses(seed, 90))
    let gone = Collector<Bool>()
    let wanted = Int(seed) * 10
    let report = try cull { options in
      options.onVictim = { _ in gone.add(true) }
      options.isCancelled = { gone.all.count >= wanted }
    }
    #expect((wanted..<wanted + OrderedRemoval.mostThreads).contains(report.done.objects))
    #expect(objects().count == 90 - report.done.objects)
    #expect(late(order) < OrderedRemoval.mostThreads)
  }

  @Test("with one thread, or a pace, not one is out of order", arguments: [true, false])
  func exact(hasPace: Bool) throws {
    let order = try make(Self.uses(9, 60))
    let gone = Collector<Bool>()
    _ = try cull { options in
      if hasPace { options.rate = 10_000 } else { options.threads = 1 }
      options.onVictim = { _ in gone.add(true) }
      options.isCancelled = { gone.all.count >= 25 }
    }
    #expect(objects().count == 35)
    #expect(late(order) == 0)
  }

  @Test("when the time is over, or the cache comes up, they are the first too")
  func stopped() throws {
    let order = try make(Self.uses(10, 200))
    let report = try cull(FaultPlan(failing: .rmdir, ordinal: 2, with: .resourceBusy)) { _ in }
    #expect(report.refusal == .stopped(.inUse))
    #expect((1..<150).contains(report.done.objects))
    #expect(late(order) < OrderedRemoval.mostThreads)
    let timed = try cull { options in
      options.rate = 25
      options.timeLimit = .seconds(1)
    }
    #expect(timed.isOutOfTime && timed.done.objects > 0 && !objects().isEmpty)
    #expect(late(order) < OrderedRemoval.mostThreads)
  }

  @Test("in parts that fit memory the same go, in the same order", arguments: [1, 2, 7, 30, 89, 90, 91])
  func parts(limit: Int) throws {
    let order = try make(Self.uses(11, 90))
    let listed = Collector<[UInt8]>()
    let report = try cull { options in
      options.goal.maximumObjects = 20
      options.batchLimit = limit
      options.threads = 1
      options.onVictim = { listed.add($0.path) }
    }
    #expect(report.done.objects == 70 && report.isGoalMet)
    #expect(listed.all.map { String(decoding: $0, as: UTF8.self) } == Array(order.prefix(70)))
    #expect(Set(objects()) == Set(order.suffix(20)))
  }

  @Test(
    "a dry run lists the same in the same order, whatever directory was looked at first, and leaves everything",
    arguments: [9, 300, 1 << 17])
  func dryRun(limit: Int) throws {
    let order = try make(Self.uses(12, 700))
    let listed = Collector<[UInt8]>()
    let report = try cull { options in
      options.goal.maximumObjects = 10
      options.batchLimit = limit
      options.isDryRun = true
      options.onVictim = { listed.add($0.path) }
    }
    #expect(report.done.objects == 690 && report.plan.sum.objects == 690)
    #expect(listed.all.map { String(decoding: $0, as: UTF8.self) } == Array(order.prefix(690)))
    #expect(objects().count == 700)
  }
}
