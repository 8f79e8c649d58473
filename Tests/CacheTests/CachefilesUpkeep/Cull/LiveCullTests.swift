// SPDX-License-Identifier: Apache-2.0
import CAttr
import CachefilesFormat
import CachefilesSurvey
import Foundation
import LinuxIO
import StoreTestSupport
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesStore
@testable import CachefilesUpkeep

/// A cull of a cache in use: the kernel is asked for each object, and what it uses stays.
@Suite("Culling a cache in use", .enabled(if: TracingRights() == .possible))
struct LiveCullTests {
  let scratch = ScratchDirectory()

  /// Makes objects, the first of them unused for longest, and gives their paths in the order of culling.
  private func make(_ count: Int) throws -> [String] {
    try scratch.makeCache(objects: count)
    let paths = objects()
    for (index, path) in paths.enumerated() {
      let times = [timespec(tv_sec: 1_600_000_000 + index, tv_nsec: 0), timespec(tv_sec: 0, tv_nsec: 0x3fff_fffe)]
      #expect(utimensat(AT_FDCWD, "\(scratch.path)/cache-root/\(path)", times, 0) == 0)
    }
    return paths
  }

  private func objects() -> [String] {
    NaiveWalk.entries("\(scratch.path)/cache-root").filter(\.isRegular).map { String(decoding: $0.path, as: UTF8.self) }
      .sorted()
  }

  private func name(_ path: String) -> [UInt8] { Array((path.split(separator: "/").last ?? "").utf8) }

  private func cull(
    _ kernel: FakeKernel, keeping count: Int, _ change: (inout CullOptions) -> Void = { _ in }
  ) throws -> (report: Cull.Report, failures: [StoreError]) {
    let daemon = try FakeDaemon(scratch, kernel)
    let failures = Collector<StoreError>()
    var options = CullOptions()
    options.goal.maximumObjects = count
    options.isLive = true
    options.liveness = daemon.sources
    options.isCancelled = { false }
    options.onFailure = { failures.add($0) }
    change(&options)
    let report = try FakeDaemon.inUse { Cull(try Store(path: scratch.path("cache-root")), options).run() }
    daemon.end()
    return (report, failures.all)
  }

  @Test("The least recently used go, what is in use stays, and the next ones go in its place")
  func inUse() throws {
    let order = try make(60)
    let kernel = FakeKernel()
    let busy = [order[3], order[17], order[18]]
    kernel.busy.withLock { $0 = Set(busy.map(name)) }
    let (report, failures) = try cull(kernel, keeping: 20)
    #expect(failures == [])
    #expect(report.isLive && report.isGoalMet && report.refusal == nil)
    #expect(report.done.objects == 40)
    #expect(report.inUse == 3)
    // 43 were asked for: the first 40, and three more.
    let left = Set(busy + order.dropFirst(43))
    #expect(Set(objects()) == left)
    let gone = order.prefix(43).filter { !busy.contains($0) }.map(name)
    #expect(kernel.culled.withLock { $0 } == gone)
  }

  @Test("A dry run asks what is in use, and removes nothing")
  func dryRun() throws {
    let order = try make(12)
    let kernel = FakeKernel()
    kernel.busy.withLock { $0 = [name(order[0]), name(order[5])] }
    let listed = Collector<String>()
    let (report, _) = try cull(kernel, keeping: 4) {
      $0.isDryRun = true
      $0.onVictim = { listed.add(String(decoding: $0.path, as: UTF8.self)) }
    }
    #expect(report.plan.sum.objects == 8)
    #expect(report.inUse == 2)
    #expect(report.isGoalMet)
    #expect(listed.all == order.prefix(10).filter { $0 != order[0] && $0 != order[5] })
    #expect(objects() == order.sorted())
    #expect(kernel.culled.withLock { $0.isEmpty })
  }

  @Test("Dirty objects stay: the kernel is not asked")
  func dirty() throws {
    let order = try make(6)
    let record = [UInt8](repeating: 0, count: 17) + [4] + [UInt8](repeating: 0, count: 4)
    setAttribute("\(scratch.path)/cache-root/\(order[1])", record)
    let kernel = FakeKernel()
    let (report, _) = try cull(kernel, keeping: 3)
    #expect(report.dirty == 1 && report.isGoalMet)
    #expect(objects() == [order[1]] + order.suffix(2))
    #expect(kernel.culled.withLock { !$0.contains(name(order[1])) })
  }

  @Test("The kernel's answers: gone is skipped, EIO stops at once, another error is named")
  func answers() throws {
    let order = try make(10)
    let gone = try cull(FakeKernel(failure: (3, .staleNFSFileHandle)), keeping: 5)
    #expect(gone.report.skipped == 1 && gone.report.isGoalMet && gone.failures == [])
    #expect(objects().count == 5)
    let dead = try cull(FakeKernel(failure: (3, .ioError)), keeping: 0)
    #expect(dead.report.refusal == .stopped(.withdrawn))
    #expect(dead.report.done.objects == 1)
    #expect(objects().count == 4)
    let other = try cull(FakeKernel(failure: (2, .notPermitted)), keeping: 0)
    #expect(other.failures.map(\.error) == [.notPermitted])
    #expect(objects().count == 1)
    withExtendedLifetime(order) {}
  }

  @Test("EIO for one entry, while the kernel keeps the cache, is about that entry alone")
  func stumbles() throws {
    let order = try make(10)
    let used = try cull(FakeKernel(stumbles: (name(order[2]), true)), keeping: 5)
    #expect(used.report.refusal == nil && used.report.inUse == 1 && used.report.isGoalMet && used.failures == [])
    #expect(objects() == ([order[2]] + order.suffix(4)).sorted())
    let kept = try cull(FakeKernel(stumbles: (name(order[2]), false)), keeping: 3)
    #expect(kept.report.refusal == nil && kept.report.isGoalMet)
    #expect(kept.failures.map(\.error) == [.ioError])
    #expect(kept.failures.allSatisfy { $0.note == "the kernel's log has the reason" })
    #expect(objects() == ([order[2]] + order.suffix(2)).sorted())
  }

  @Test("When the daemon ends the cull ends, and nothing more goes")
  func daemonEnds() throws {
    let order = try make(40)
    let ended = Guarded<FakeDaemon?>(nil)
    let kernel = FakeKernel { number in
      if number == 10 {
        ended.withLock { $0?.end() }
        // The process has to be gone before the next command.
        usleep(1_000_000)
      }
    }
    let daemon = try FakeDaemon(scratch, kernel)
    ended.withLock { $0 = daemon }
    // It would keep itself, and its directory.
    defer { ended.withLock { $0 = nil } }
    var options = CullOptions()
    options.goal.maximumObjects = 0
    options.isLive = true
    options.liveness = daemon.sources
    let report = try FakeDaemon.inUse { Cull(try Store(path: scratch.path("cache-root")), options).run() }
    #expect(report.refusal == .stopped(.daemonEnded))
    #expect(report.done.objects == 9)
    #expect(Set(objects()) == Set(order.dropFirst(9)))
  }

  @Test("A cache that nobody holds is culled without a daemon")
  func offline() throws {
    _ = try make(5)
    var options = CullOptions()
    options.goal.maximumObjects = 2
    options.isLive = true
    let report = Cull(try Store(path: scratch.path("cache-root")), options).run()
    #expect(!report.isLive && report.isGoalMet && objects().count == 2)
  }

  @Test("An error that will be everybody's ends the cull with one line")
  func everybody() throws {
    _ = try make(60)
    for error in [Errno.readOnlyFileSystem, .permissionDenied] {
      let failures = Collector<StoreError>()
      var options = CullOptions()
      options.goal.maximumObjects = 0
      options.onFailure = { failures.add($0) }
      options.threads = 4
      let cull = Cull(try Store(path: scratch.path("cache-root")), options)
      let report = FaultPlan(failing: .unlinkat, ordinal: 0, with: error).run { cull.run() }
      #expect(failures.all == [])
      let line = try #require(report.refusal?.description)
      #expect(line.hasPrefix("stopped: nothing can be removed: /"))
      #expect(report.done.isNothing && objects().count == 60)
    }
  }
}
