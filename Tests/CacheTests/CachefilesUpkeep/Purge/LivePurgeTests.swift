// SPDX-License-Identifier: Apache-2.0
import CAttr
import CachefilesFormat
import Foundation
import LinuxIO
import StoreTestSupport
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesStore
@testable import CachefilesUpkeep

/// A purge of a cache in use: by one command where nothing of it is in use, else object by object.
@Suite("Purging a cache in use", .enabled(if: TracingRights() == .possible))
struct LivePurgeTests {
  let scratch = ScratchDirectory()

  private func names(below place: String) -> [String] {
    NaiveWalk.entries("\(scratch.path)/cache-root/\(place)").filter(\.isRegular)
      .map { String(decoding: $0.path, as: UTF8.self) }.sorted()
  }

  private func purge(
    _ kernel: FakeKernel, _ selection: PurgeSelection, afterPlan: () throws -> Void = {},
    _ change: (inout Purge.Options) -> Void = { _ in }
  ) throws -> (report: PurgeReport, kept: [String], failures: [StoreError]) {
    let daemon = try FakeDaemon(scratch, kernel)
    let (kept, failures) = (Collector<String>(), Collector<StoreError>())
    var options = Purge.Options(now: Timestamp.now)
    options.onKept = { path, _ in
      kept.add(path.split(separator: 47).last.map { String(decoding: $0, as: UTF8.self) } ?? "")
    }
    options.onFailure = { failures.add($0) }
    change(&options)
    let prepared = options
    let report = try FakeDaemon.inUse {
      let store = try Store(path: scratch.path("cache-root"))
      let hold = SharedLiveHold(try store.holdLive(daemon.sources))
      let plan = try PurgePlan(selection, in: hold.live.store)
      try afterPlan()
      return LivePurge(prepared).run(plan, in: hold)
    }
    daemon.end()
    return (report, kept.all, failures.all)
  }

  @Test("A volume that nothing uses goes as a whole, by one command")
  func unusedVolume() throws {
    try scratch.makeCache(volume: "9p,one,a", objects: 20)
    try scratch.makeCache(volume: "9p,two,b", objects: 5)
    let kernel = FakeKernel()
    let (report, _, failures) = try purge(kernel, .volumes { $0 == Array("9p,one,a".utf8) })
    #expect(failures == [] && report.refusal == nil)
    #expect(report.done.volumes == 1 && report.done.objects == 20 && report.leftGraves == 1)
    #expect(kernel.culled.withLock { $0 } == [Array("I9p,one,a".utf8)])
    #expect(names(below: "cache").count == 5)
    #expect(names(below: "graveyard").count == 20)
  }

  @Test("A volume in use goes object by object; what is in use or dirty stays and is named")
  func usedVolume() throws {
    try scratch.makeCache(volume: "9p,one,a", objects: 20)
    let all = names(below: "cache").compactMap { $0.split(separator: "/").last.map(String.init) }
    let kernel = FakeKernel()
    kernel.busy.withLock { $0 = [Array("I9p,one,a".utf8), Array(all[4].utf8), Array(all[5].utf8)] }
    let dirty = try #require(names(below: "cache").first)
    let record = [UInt8](repeating: 0, count: 17) + [4] + [UInt8](repeating: 0, count: 4)
    setAttribute("\(scratch.path)/cache-root/cache/\(dirty)", record)
    let (report, kept, failures) = try purge(kernel, .volumes { _ in true })
    #expect(failures == [] && report.refusal == nil)
    #expect(report.done.objects == 17 && report.inUse == 2 && report.keptDirty == 1 && report.leftGraves == 0)
    #expect(kept.sorted() == [all[0], all[4], all[5]].sorted())
    #expect(names(below: "cache").count == 3)
  }

  @Test("Object by object, a directory in an object's place stays with what is dirty in it", arguments: [false, true])
  func directoryInPlace(isPinned: Bool) throws {
    try scratch.makeCache(volume: "9p,one,a", objects: 6)
    let paths = names(below: "cache")
    let directory = paths[0].split(separator: "/").dropLast().joined(separator: "/") + "/Tdirectory"
    let inner = try scratch.write("cache-root/cache/\(directory)/inner", [1])
    setAttribute(inner, [UInt8](repeating: 0, count: 17) + [4] + [UInt8](repeating: 0, count: 4))
    let kernel = FakeKernel()
    kernel.busy.withLock { $0 = [Array("I9p,one,a".utf8)] }
    let pin = Pin(.manifest, path: Array("/list".utf8), objects: [Pin.Object(path: Array("cache/\(paths[1])".utf8))])
    let pinned = isPinned ? PinnedObjects(PinList(root: [], pins: [pin])) : nil
    let (report, kept, failures) = try purge(kernel, .volumes { _ in true }, afterPlan: {}) { $0.pinned = pinned }
    #expect(failures == [] && report.refusal == nil)
    #expect(kept == ["Tdirectory"] && report.keptDirty == 1)
    #expect(report.done.objects == (isPinned ? 5 : 6))
    #expect(FileManager.default.fileExists(atPath: inner))
  }

  @Test("Where other objects are pinned meanwhile nothing more goes")
  func otherPins() throws {
    try scratch.makeCache(volume: "9p,one,a", objects: 6)
    let kernel = FakeKernel()
    let refused = try purge(kernel, .volumes { _ in true }, afterPlan: {}) { $0.pins = PinWatch { false } }
    #expect(refused.report.refusal == .otherPins && refused.report.done == PurgeAmount())
    #expect(names(below: "cache").count == 6 && kernel.culled.withLock { $0.isEmpty })
  }

  @Test("One object goes, and stays where it is in use")
  func oneObject() throws {
    try scratch.makeCache(objects: 3)
    let path = try #require(names(below: "cache").first)
    let kernel = FakeKernel()
    kernel.busy.withLock { $0 = [Array((path.split(separator: "/").last ?? "").utf8)] }
    let used = try purge(kernel, .object(Array("cache/\(path)".utf8)))
    #expect(used.report.inUse == 1 && used.report.done == PurgeAmount() && names(below: "cache").count == 3)
    let free = try purge(FakeKernel(), .object(Array("cache/\(path)".utf8)))
    #expect(free.report.done.objects == 1 && names(below: "cache").count == 2)
  }

  @Test("A volume with something mounted or immutable in it is not handed to the kernel")
  func obstacles() throws {
    try scratch.makeCache(volume: "9p,one,a", objects: 4)
    try scratch.makeDirectory("cache-root/graveyard")
    let graveyard = "\(scratch.path)/cache-root/graveyard"
    defer { _ = try? Command.run("/usr/bin/chattr", ["-i", graveyard]) }
    // A rename that fails would make the kernel give the cache up.
    let kernel = FakeKernel()
    var isPossible = false
    let late = try purge(
      kernel, .volumes { _ in true },
      afterPlan: { isPossible = try Command.run("/usr/bin/chattr", ["+i", graveyard]).status == 0 })
    guard isPossible else { return }
    #expect(late.failures.map(\.error) == [.notPermitted])
    #expect(late.report.done == PurgeAmount() && kernel.culled.withLock { $0.isEmpty })
    // Seen before, it stops the purge as a whole.
    let early = try purge(kernel, .volumes { _ in true })
    #expect(early.report.refusal == .unmet("graveyard is immutable") && early.failures == [])
    #expect(early.report.done == PurgeAmount() && kernel.culled.withLock { $0.isEmpty })
  }

  @Test("When the cache is withdrawn the purge stops")
  func withdrawn() throws {
    try scratch.makeCache(volume: "9p,one,a", objects: 4)
    try scratch.makeCache(volume: "9p,two,b", objects: 4)
    let (report, _, _) = try purge(FakeKernel(failure: (2, .ioError)), .all)
    #expect(report.refusal == .stopped(.withdrawn))
    #expect(names(below: "cache").count == 8)
  }
}
