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

/// What is pinned stays, whatever is removed beside it, and all else goes as without pins.
@Suite("Removing beside what is pinned")
struct PinnedRemovalTests {
  let scratch = ScratchDirectory()

  private func openStore() throws -> Store { try Store(path: scratch.path("cache-root")) }

  private func objects() -> [WalkedEntry] {
    NaiveWalk.entries("\(scratch.path)/cache-root").filter { $0.isRegular && $0.components.count == 4 }
  }

  private func pinned(_ paths: some Sequence<[UInt8]>) -> PinnedObjects {
    let pin = Pin(.manifest, path: Array("/list".utf8), objects: paths.map { Pin.Object(path: $0) })
    return PinnedObjects(PinList(root: [], pins: [pin]))
  }

  /// Makes three volumes, their objects used at moments of chance, and picks what is pinned.
  private func make(_ seed: UInt64) throws -> Set<[UInt8]> {
    var random = SplitMix64(seed: seed)
    for name in ["9p,one,a", "9p,two,b", "9p,three,c"] { try scratch.makeCache(volume: name, objects: 30) }
    var chosen: Set<[UInt8]> = []
    for entry in objects() {
      let path = "\(scratch.path)/cache-root/\(String(decoding: entry.path, as: UTF8.self))"
      let times = [
        timespec(tv_sec: 1_600_000_000 + Int(random.next() % 50), tv_nsec: 0),
        timespec(tv_sec: 0, tv_nsec: 0x3fff_fffe),
      ]
      #expect(utimensat(AT_FDCWD, path, times, 0) == 0)
      // In the third volume nothing is.
      if random.next() % 4 == 0, !entry.components[1].starts(with: Array("I9p,three".utf8)) {
        chosen.insert(entry.path)
      }
    }
    return chosen
  }

  @Test(
    "A cull takes the least recently used of what is not pinned, and tells what is", arguments: 0..<8 as Range<UInt64>)
  func cull(seed: UInt64) throws {
    let kept = try make(seed)
    let before = objects()
    let victims = before.filter { !kept.contains($0.path) }.sorted {
      $0.accessTime != $1.accessTime ? $0.accessTime < $1.accessTime : $0.path.lexicographicallyPrecedes($1.path)
    }
    var options = CullOptions()
    options.goal.maximumObjects = before.count - 20
    // A pin of what does not exist holds nothing back.
    options.selection.pinned = pinned(Array(kept) + [Array("cache/I9p,one,a/@00/Tnone".utf8)])
    options.isCancelled = { false }
    let report = Cull(try openStore(), options).run()
    #expect(report.isGoalMet && report.done.objects == 20)
    #expect(report.pinned.objects == kept.count)
    #expect(report.pinned.bytes == before.filter { kept.contains($0.path) }.reduce(0) { $0 + $1.allocated })
    #expect(Set(objects().map(\.path)) == Set(before.map(\.path)).subtracting(victims.prefix(20).map(\.path)))
    // What only pinned objects could reach removes nothing.
    options.goal.maximumObjects = kept.count - 1
    let refused = Cull(try openStore(), options).run()
    #expect(refused.done.isNothing && refused.refusal != nil)
  }

  @Test(
    "A purge leaves exactly what is pinned, and takes a volume without pins whole", arguments: 0..<4 as Range<UInt64>)
  func purge(seed: UInt64) throws {
    let kept = try make(seed)
    var planning = PurgePlan.Options()
    planning.pinned = pinned(kept)
    planning.isCancelled = { false }
    let store = try openStore()
    let plan = try PurgePlan(.all, in: store, planning)
    #expect(plan.pinned.objects == kept.count && plan.amount.objects == 90 - kept.count && plan.amount.volumes == 1)
    var options = Purge.Options(now: ScratchDirectory.now)
    options.pinned = planning.pinned
    options.isCancelled = { false }
    let report = Purge(options).run(plan, in: store)
    #expect(report.refusal == nil && report.errors == 0 && report.leftGraves == 0)
    #expect(report.done == report.planned && report.pinned.objects == kept.count)
    #expect(Set(objects().map(\.path)) == kept)
  }

  @Test("Where other objects are pinned meanwhile nothing more goes: at once before the first, soon after the others")
  func otherPins() throws {
    _ = try make(2)
    let before = objects().count
    // Pinned between the plan and the removal.
    let late = PinWatch { false }
    var options = CullOptions()
    options.goal.maximumObjects = 0
    options.isCancelled = { false }
    options.pins = late
    let none = Cull(try openStore(), options).run()
    #expect(none.done.isNothing && none.refusal == .otherPins && objects().count == before)
    var purge = Purge.Options(now: ScratchDirectory.now)
    purge.pins = PinWatch { false }
    let store = try openStore()
    let plan = try PurgePlan(.all, in: store)
    let refused = Purge(purge).run(plan, in: store)
    #expect(refused.refusal == .otherPins && refused.done == PurgeAmount() && objects().count == before)
    // A dry run takes nothing from anybody.
    options.isDryRun = true
    #expect(Cull(try openStore(), options).run().refusal == nil)
    // Pinned while it goes on.
    options.isDryRun = false
    options.rate = 40
    let gone = Collector<[UInt8]>()
    options.onVictim = { gone.add($0.path) }
    options.pins = PinWatch { gone.all.count < 10 }
    let cut = Cull(try openStore(), options).run()
    #expect(cut.refusal == .otherPins && cut.done.objects >= 10 && cut.done.objects < 60, "\(cut.done.objects)")
    #expect(objects().count == before - cut.done.objects)
  }

  @Test("A watch over pins asks no more often than it must, and remembers that they have changed")
  func watch() {
    let asked = Collector<Bool>()
    let isSame = Guarded(true)
    let watch = PinWatch {
      asked.add(true)
      return isSame.withLock { $0 }
    }
    for _ in 0..<1000 { #expect(!watch.isOutdated) }
    #expect(asked.all.count < 10)
    isSame.withLock { $0 = false }
    while !watch.isOutdated { usleep(10_000) }
    isSame.withLock { $0 = true }
    #expect(watch.isOutdated && watch.look())
  }

  @Test("A pinned object is no target, and how much of a pin is cached is told")
  func single() throws {
    let kept = try make(1)
    let path = try #require(kept.first)
    var planning = PurgePlan.Options()
    planning.pinned = pinned(kept)
    let plan = try PurgePlan(.object(path), in: try openStore(), planning)
    #expect(plan.targets.isEmpty && plan.pinned.objects == 1)
    let (gone, hole) = (Array("cache/I9p,one,a/@00/Tgone".utf8), Array("cache/I9p,one,a/@00/Thole".utf8))
    try scratch.write("cache-root/" + String(decoding: hole, as: UTF8.self))
    truncate("\(scratch.path)/cache-root/\(String(decoding: hole, as: UTF8.self))", 8192)
    let objects = [path, gone, hole].map { Pin.Object(path: $0) }
    let state = try PinState(objects, in: try openStore()) { _ in }
    #expect(state.objects == 3 && state.cached == 1 && state.missing.map(\.path) == [gone, hole])
    // Of two names that a file may have, one is enough.
    let either = [Pin.Object(path: gone, file: [1]), Pin.Object(path: path, file: [1])]
    let one = try PinState(either, in: try openStore()) { _ in }
    #expect(one.objects == 1 && one.cached == 1 && one.missing.isEmpty)
  }

  @Test(
    "A live purge spares what is pinned, also where no mount uses the volume",
    .enabled(if: TracingRights() == .possible))
  func live() throws {
    let kept = try make(2)
    let kernel = FakeKernel()
    let daemon = try FakeDaemon(scratch, kernel)
    var planning = PurgePlan.Options()
    planning.pinned = pinned(kept)
    planning.isLive = true
    planning.isCancelled = { false }
    var options = Purge.Options(now: ScratchDirectory.now)
    options.pinned = planning.pinned
    options.isCancelled = { false }
    let (wish, settings) = (planning, options)
    let report = try FakeDaemon.inUse {
      let store = try openStore()
      let hold = SharedLiveHold(try store.holdLive(daemon.sources))
      return LivePurge(settings).run(try PurgePlan(.all, in: hold.live.store, wish), in: hold)
    }
    daemon.end()
    #expect(report.refusal == nil && report.errors == 0 && report.pinned.objects == kept.count)
    #expect(Set(objects().filter { $0.components[0] == Array("cache".utf8) }.map(\.path)) == kept)
  }

  @Test("Old trees are buried beside a kernel and left to the daemon; what the kernel has marked stays")
  func oldTrees() throws {
    for tree in ["@0a", "@ff"] { try scratch.write("cache-root/cache/\(tree)/I03nfs/@11/J1") }
    try scratch.makeDirectory("cache-root/cache/@33")
    try scratch.makeCache(volume: "9p,one,a", objects: 3)
    var planning = PurgePlan.Options()
    planning.isCancelled = { false }
    var options = Purge.Options(now: ScratchDirectory.now)
    options.isCancelled = { false }
    let store = try openStore()
    let plan = try PurgePlan(.legacy, in: store, planning)
    let marked = FakeDaemon.inUse { Purge(options).buryOldTrees(plan, besideKernelIn: store) }
    #expect(marked.errors == 3 && marked.leftGraves == 0)
    let report = Purge(options).buryOldTrees(plan, besideKernelIn: store)
    #expect(report.errors == 0 && report.leftGraves == 2 && report.done == report.planned)
    let left = try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/cache-root/cache")
    #expect(left == ["I9p,one,a"] && objects().count == 3)
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/cache-root/graveyard").count == 2)
  }
}
