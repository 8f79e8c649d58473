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

/// A daemon's culls: again and again, from what a scan left behind.
@Suite("Culling as a daemon does", .enabled(if: Mount.isPossible, "needs mounts"))
struct StandingCullTests {
  let scratch = ScratchDirectory()
  private let room: KeptMount
  let root: String

  init() throws {
    try scratch.makeDirectory("m")
    room = KeptMount(
      try Mount(["-t", "tmpfs", "-o", "size=64m,nr_inodes=10000", "tmpfs", "\(scratch.path)/m"]), in: scratch)
    root = "\(scratch.path)/m/cache-root"
  }

  /// Makes objects of 64 KiB, the first of them unused for longest, and gives their paths in the order of culling.
  private func make(_ count: Int) throws -> [String] {
    try scratch.makeCache("m/cache-root", objects: count)
    let paths = objects()
    for (index, path) in paths.enumerated() {
      let file = "\(root)/\(path)"
      let descriptor = open(file, O_WRONLY)
      #expect(pwrite(descriptor, [UInt8](repeating: 1, count: 65536), 65536, 0) == 65536)
      close(descriptor)
      age(path, 1_600_000_000 + index)
    }
    return paths
  }

  private func age(_ path: String, _ second: Int) {
    let times = [timespec(tv_sec: second, tv_nsec: 0), timespec(tv_sec: 0, tv_nsec: 0x3fff_fffe)]
    #expect(utimensat(AT_FDCWD, "\(root)/\(path)", times, 0) == 0)
  }

  private func objects() -> [String] {
    NaiveWalk.entries(root).filter { $0.isRegular && $0.components.count == 4 }.map {
      String(decoding: $0.path, as: UTF8.self)
    }
    .sorted()
  }

  private func name(_ path: String) -> [UInt8] { Array((path.split(separator: "/").last ?? "").utf8) }

  private func start(
    _ kernel: FakeKernel, _ change: (inout StandingCull.Options) -> Void = { _ in }
  ) throws -> StandingCull {
    var options = StandingCull.Options()
    change(&options)
    return StandingCull(SharedLiveHold(try LiveCache(bound: try Store(path: FilePath(root)), by: kernel)), options)
  }

  /// A goal of so many bytes more than there are.
  private func more(_ bytes: UInt64) throws -> CullGoal {
    var goal = CullGoal()
    goal.availableBytes = try Store(path: FilePath(root)).root.fileSystem().availableBytes + bytes
    return goal
  }

  @Test("the least recently used go until there is room, and the next cull goes on without a scan")
  func goesOn() throws {
    let order = try make(60)
    let kernel = FakeKernel()
    let cull = try start(kernel)
    let first = cull.run(try more(10 * 65536))
    #expect(first.isReached && first.scans == 1 && first.errors == 0 && first.refusal == nil)
    #expect(first.done.objects == 10)
    #expect(kernel.culled.withLock { $0 } == order.prefix(10).map(name))
    #expect(cull.remembered == 50)
    let second = cull.run(try more(20 * 65536))
    #expect(second.isReached && second.scans == 0 && second.done.objects == 20)
    #expect(kernel.culled.withLock { $0 } == order.prefix(30).map(name))
    #expect(objects() == order.suffix(30).sorted())
  }

  @Test("where there is room already nothing is looked at")
  func enough() throws {
    _ = try make(3)
    let outcome = try start(FakeKernel()).run(CullGoal())
    #expect(outcome.isReached && outcome.scans == 0 && outcome.done.isNothing)
  }

  @Test("what was used since the scan stays, and so does what has changed")
  func used() throws {
    let order = try make(30)
    let kernel = FakeKernel()
    let cull = try start(kernel)
    _ = cull.run(try more(65536))
    age(order[1], 1_900_000_000)
    #expect(truncate("\(root)/\(order[2])", 100) == 0)
    unlink("\(root)/\(order[3])")
    let second = cull.run(try more(3 * 65536))
    #expect(second.isReached && second.skipped == 3 && second.dirty == 0 && second.scans == 0)
    #expect(kernel.culled.withLock { $0 } == ([order[0]] + order[4...6]).map(name))
  }

  @Test(
    "more than is remembered is found by further scans, in the exact order", arguments: [1, 7, 16, 59, 60, 61],
    [3, 4096])
  func capacity(limit: Int, batch: Int) throws {
    let order = try make(60)
    let kernel = FakeKernel()
    let cull = try start(kernel) { ($0.capacity, $0.batch) = (limit, batch) }
    let outcome = cull.run(try more(50 * 65536))
    #expect(outcome.isReached && outcome.done.objects == 50)
    #expect(outcome.scans == (50 + limit - 1) / limit)
    #expect(kernel.culled.withLock { $0 } == order.prefix(50).map(name))
  }

  /// What was removed is not counted as free at once there. A batch that was planned from that would be too much.
  @Test(
    "a file system that counts later does not lose more than is needed, however small the batches are",
    .enabled(if: !Mount.sharing.isEmpty, "neither btrfs nor xfs can be made and mounted here"), arguments: Mount.sharing
  )
  func countsLater(kind: String) throws {
    let image = "\(scratch.path)/image"
    _ = try Command.run("/usr/bin/truncate", ["-s", "512M", image])
    #expect(try Command.run(try #require(Mount.maker(kind)), ["-q", image]).status == 0)
    try scratch.makeDirectory("other")
    let mount = try Mount(["-o", "loop", image, "\(scratch.path)/other"])
    let place = "other/cache-root"
    try scratch.makeCache(place, objects: 200)
    let root = "\(scratch.path)/\(place)"
    for entry in NaiveWalk.entries(root) where entry.isRegular && entry.components.count == 4 {
      let descriptor = open("\(root)/\(String(decoding: entry.path, as: UTF8.self))", O_WRONLY)
      #expect(pwrite(descriptor, [UInt8](repeating: 1, count: 65536), 65536, 0) == 65536)
      close(descriptor)
    }
    _ = try Command.run("/usr/bin/sync", ["-f", root])
    do {
      let kernel = FakeKernel()
      var options = StandingCull.Options()
      options.batch = 4
      let store = try Store(path: FilePath(root))
      let available = try store.root.fileSystem().availableBytes
      let cull = StandingCull(SharedLiveHold(try LiveCache(bound: try store.duplicate(), by: kernel)), options)
      var goal = CullGoal()
      goal.availableBytes = available + 40 * 65536
      let outcome = cull.run(goal)
      #expect(outcome.isReached)
      #expect((20...60).contains(outcome.done.objects), "\(outcome)")
    }
    mount.unmount()
  }

  @Test("what is in use stays and the next ones go; later it is first again", arguments: [4, 1000], [3, 4096])
  func inUse(limit: Int, batch: Int) throws {
    let order = try make(40)
    let kernel = FakeKernel()
    kernel.busy.withLock { $0 = Set(order.prefix(8).map(name)) }
    let cull = try start(kernel) { ($0.capacity, $0.batch) = (limit, batch) }
    let first = cull.run(try more(4 * 65536))
    #expect(first.isReached && first.inUse == 8 && first.done.objects == 4)
    #expect(kernel.culled.withLock { $0 } == order[8..<12].map(name))
  }

  @Test("when nothing can go it says so after one look at everything, and ends", arguments: [3, 1000])
  func exhausted(limit: Int) throws {
    let order = try make(20)
    let kernel = FakeKernel()
    kernel.busy.withLock { $0 = Set(order.map(name)) }
    let cull = try start(kernel) { $0.capacity = limit }
    for _ in 0..<2 {
      let outcome = cull.run(try more(65536))
      #expect(outcome.isExhausted && !outcome.isReached && outcome.done.isNothing && outcome.inUse == 20)
      #expect(outcome.scans <= 20 / limit + 1)
    }
    // Let go of, they go.
    kernel.busy.withLock { $0 = [] }
    #expect(cull.run(try more(65536)).done.objects == 1)
  }

  @Test("names that no kernel makes stay where that is asked for")
  func foreign() throws {
    let order = try make(10)
    let fanout = order[0].split(separator: "/").dropLast().joined(separator: "/")
    for name in ["unexpected", "Dsome thing", "lost+found", "T", "E!"] {
      try scratch.write("m/cache-root/\(fanout)/\(name)")
      age("\(fanout)/\(name)", 1_500_000_000)
    }
    let kernel = FakeKernel()
    let cull = try start(kernel) { $0.selection.takesKernelNamesOnly = true }
    #expect(cull.run(try more(8 * 65536)).isReached)
    #expect(kernel.culled.withLock { $0 } == order.prefix(8).map(name))
  }

  @Test(
    "a directory that is moved away while it is kept open is not used any more",
    arguments: ["fanout", "volume", "swapped"])
  func movedAway(what: String) throws {
    let order = try make(6)
    let (fanout, volume) = (CachePath(Array(order[0].utf8)).parent, CachePath(Array(order[0].utf8)).parent.parent)
    // Two in one directory, the oldest of all.
    let place = String(decoding: fanout.bytes, as: UTF8.self)
    try scratch.write("m/cache-root/\(place)/Dsecond", [1])
    age("\(place)/Dsecond", 1_500_000_001)
    age(order[0], 1_500_000_000)
    let moved = what == "volume" ? String(decoding: volume.bytes, as: UTF8.self) : place
    let (root, away) = (root, "\(scratch.path)/m/away")
    // The first command is that of the hold, the second one removes the oldest.
    let kernel = FakeKernel { number in
      guard number == 2 else { return }
      rename("\(root)/\(moved)", away)
      if what == "swapped" { mkdir("\(root)/\(moved)", 0o700) }
    }
    let outcome = try start(kernel).run(try more(65536))
    #expect(outcome.refusal == nil && outcome.errors == 0)
    let inside =
      what == "volume"
      ? "\(away)/\(CachePath(fanout.bytes).name.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "")" : away
    #expect(FileManager.default.fileExists(atPath: "\(inside)/Dsecond"))
    #expect(!kernel.culled.withLock { $0.contains(Array("Dsecond".utf8)) })
  }

  @Test("an empty cache is exhausted")
  func empty() throws {
    _ = try make(0)
    let outcome = try start(FakeKernel()).run(try more(65536))
    #expect(outcome.isExhausted && outcome.scans == 1)
  }

  @Test("dirty objects stay, and pinned ones are not even asked about")
  func kept() throws {
    let order = try make(20)
    let dirty = [UInt8](repeating: 0, count: 17) + [4] + [UInt8](repeating: 0, count: 4)
    setAttribute("\(root)/\(order[0])", dirty)
    let pins = PinList(
      root: Array(root.utf8),
      pins: [Pin(.manifest, path: Array("/x".utf8), objects: [Pin.Object(path: Array(order[1].utf8))])])
    let kernel = FakeKernel()
    let cull = try start(kernel) { $0.selection.pinned = PinnedObjects(pins) }
    let outcome = cull.run(try more(2 * 65536))
    #expect(outcome.dirty == 1 && outcome.isReached)
    #expect(kernel.culled.withLock { $0 } == order[2...3].map(name))
  }

  @Test("a kernel that has given the cache up ends it at once")
  func withdrawn() throws {
    _ = try make(20)
    // The first command asks whether this is the cache.
    let kernel = FakeKernel(failure: (4, .ioError))
    let outcome = try start(kernel).run(try more(20 * 65536))
    #expect(outcome.refusal == .stopped(.withdrawn) && outcome.done.objects == 2)
  }

  @Test("a kernel that fails with one object and keeps the cache does not end it")
  func stumbles() throws {
    let order = try make(20)
    let kernel = FakeKernel(stumbles: (name(order[1]), true))
    let outcome = try start(kernel).run(try more(4 * 65536))
    #expect(outcome.refusal == nil && outcome.isReached && outcome.inUse == 1)
    #expect(kernel.culled.withLock { $0 } == [order[0], order[2], order[3], order[4]].map(name))
  }

  @Test(
    "objects that cannot be removed are left behind, however many they are, and the next ones go", arguments: [8, 1000])
  func failing(capacity: Int) throws {
    let order = try make(60)
    let kernel = FakeKernel()
    kernel.firm.withLock { $0 = Set(order.prefix(50).map(name)) }
    let told = Collector<String>()
    let cull = try start(kernel) {
      $0.capacity = capacity
      $0.onFailure = { told.add($0.description) }
    }
    let outcome = cull.run(try more(4 * 65536))
    #expect(outcome.isReached && outcome.refusal == nil && outcome.errors == 50 && outcome.done.objects == 4)
    #expect(told.all.count == 50 && kernel.culled.withLock { $0 } == order[50...53].map(name))
  }

  @Test("a file system that has become read-only ends it with one line")
  func readOnly() throws {
    _ = try make(40)
    let outcome = try start(FakeKernel(failure: (3, .readOnlyFileSystem))).run(try more(20 * 65536))
    #expect(outcome.refusal?.description.hasPrefix("stopped: nothing can be removed: ") == true)
    #expect(outcome.refusal?.isLoss == false && outcome.done.objects == 1 && outcome.errors == 1)
  }

  @Test("no more that stays is remembered than a scan may find; what was more than that is found in its place later")
  func staysWithoutLimit() throws {
    let order = try make(40)
    let kernel = FakeKernel()
    kernel.busy.withLock { $0 = Set(order.prefix(30).map(name)) }
    let cull = try start(kernel) { $0.capacity = 8 }
    #expect(cull.run(try more(2 * 65536)).inUse == 30)
    #expect(cull.reserve.stayed.count == 8)
    kernel.busy.withLock { $0 = [] }
    let second = cull.run(try more(3 * 65536), at: .now + CullReserve.patience)
    #expect(second.isReached && second.scans == 1 && cull.reserve.stayed.isEmpty)
    #expect(kernel.culled.withLock { $0 } == (order[30...31] + order[0...2]).map(name))
  }

  @Test("a device that holds another cache is refused")
  func other() throws {
    _ = try make(1)
    #expect(throws: Refusal.self) {
      _ = try LiveCache(bound: try Store(path: FilePath(root)), by: FakeKernel(failure: (1, .noSuchFileOrDirectory)))
    }
    #expect(throws: Refusal.self) {
      _ = try LiveCache(bound: try Store(path: FilePath(root)), by: FakeKernel(failure: (1, .ioError)))
    }
  }

  @Test("what would go next is found beforehand")
  func prepares() throws {
    let order = try make(20)
    let kernel = FakeKernel()
    let cull = try start(kernel) { $0.capacity = 20 }
    cull.prepare { true }
    #expect(cull.remembered == 0)
    cull.prepare { false }
    #expect(cull.remembered == 20)
    #expect(kernel.culled.withLock { $0.isEmpty })
    let outcome = cull.run(try more(5 * 65536))
    #expect(outcome.scans == 0 && outcome.done.objects == 5)
    #expect(kernel.culled.withLock { $0 } == order.prefix(5).map(name))
  }

  @Test("any system call that fails leaves what has gone the beginning of the order", arguments: 1...60)
  func faults(ordinal: Int) throws {
    let order = try make(12)
    let kernel = FakeKernel()
    let cull = try start(kernel)
    let goal = try more(6 * 65536)
    let plan = FaultPlan(ordinal: ordinal * 2, with: .ioError)
    let outcome = plan.run { cull.run(goal) }
    let gone = kernel.culled.withLock { $0 }
    let expected = order.map(name)
    #expect(gone.count == outcome.done.objects || outcome.errors > 0 || outcome.refusal != nil)
    // One that failed is passed over; the rest are in order.
    let places = gone.compactMap { expected.firstIndex(of: $0) }
    #expect(places == places.sorted() && (places.last ?? -1) < gone.count + 2)
  }
}
