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

@testable import CachefilesDaemon
@testable import CachefilesStore
@testable import CachefilesUpkeep

/// The device of a cache that is not there: commands go to a ``FakeKernel``, and what it tells is made up.
private final class FakeDevice: CacheDevice {
  let kernel: FakeKernel
  private let news: Event
  private let tell: @Sendable (Int) throws(Errno) -> CacheStateLine?
  private let readings = Atomic<Int>(0)

  init(_ kernel: FakeKernel, _ tell: @escaping @Sendable (Int) throws(Errno) -> CacheStateLine?) throws {
    self.kernel = kernel
    self.tell = tell
    news = try Event()
  }

  func command(_ bytes: [UInt8]) throws(Errno) { try kernel.command(bytes) }
  func state() throws(Errno) -> CacheStateLine? { try tell(readings.add(1, ordering: .relaxed).newValue) }
  func join(_ set: inout PollSet) -> Int { set.add(news.descriptor) }
}

@Suite("The daemon at work")
struct CacheKeeperTests {
  let scratch = ScratchDirectory()
  private let lines = Collector<String>()

  private static func state(culling: Bool, near: Bool = false) -> CacheStateLine? {
    let limit = culling || near ? "ffffffffff" : "0"
    let text = "cull=\(culling ? 1 : 0) frun=0 fcull=0 fstop=0 brun=\(limit) bcull=\(near ? "0" : limit) bstop=0"
    let bytes = Array(text.utf8)
    return CacheStateLine(bytes.span)
  }

  private func objects() -> Int { NaiveWalk.entries("\(scratch.path)/cache-root/cache").filter(\.isRegular).count }

  /// Runs a daemon until it ends, and gives how it did.
  private func run(
    _ kernel: FakeKernel, _ board: StatusBoard, settings: DaemonSettings = DaemonSettings(),
    _ tell: @escaping @Sendable (Int) throws(Errno) -> CacheStateLine?
  ) throws -> CacheKeeper.End? {
    let device = try FakeDevice(kernel, tell)
    let live = SharedLiveHold(try LiveCache(bound: try Store(path: scratch.path("cache-root")), by: device))
    let (lines, status) = (lines, scratch.path("status"))
    let log = DaemonLog(.closure { lines.add("\($0): \($1)") })
    let end = Guarded<CacheKeeper.End?>(nil)
    let result = Ended(end)
    // Signals are blocked in the thread that makes the queue: in none of the test's own.
    let thread = try BackgroundThread {
      do throws(Errno) {
        let parts = CacheKeeper.Parts(
          device: device, live: live, signals: try SignalQueue(), manager: ServiceManager(nil, log), log: log,
          board: board, files: StatusFiles(status: status, render: { _ in [] }),
          load: { () throws(SettingsFailure) -> DaemonSettings in DaemonSettings() }, capacity: 100,
          interval: .milliseconds(100))
        result.end.withLock { $0 = nil }
        let end = try CacheKeeper(parts, CullSchedule(), settings).run()
        result.end.withLock { $0 = end }
      } catch {
        lines.add("failed: \(error)")
      }
    }
    #expect(thread.waitForEnd(milliseconds: 60_000))
    return result.end.withLock { $0 }
  }

  private final class Ended: Sendable {
    let end: Guarded<CacheKeeper.End?>
    init(_ end: consuming Guarded<CacheKeeper.End?>) { self.end = end }
  }

  @Test("it culls when the kernel asks; when nothing is left it says so once and waits; a cache that is gone ends it")
  func culls() throws {
    try scratch.makeCache(objects: 12)
    let kernel = FakeKernel()
    let board = StatusBoard(DaemonStatus())
    let seen = Atomic<Int>(0)
    let counter = Counted(seen)
    let end = try run(kernel, board) { (_) throws(Errno) in
      guard board.current.obstacle != nil else { return Self.state(culling: true) }
      return counter.value.add(1, ordering: .relaxed).newValue > 5 ? nil : Self.state(culling: true)
    }
    #expect(end == .lost(.withdrawn))
    #expect(objects() == 0)
    #expect(kernel.culled.withLock { $0.count } == 12)
    let status = board.current
    #expect(status.culledObjects == 12 && status.isKernelCulling && status.activity == .idle)
    #expect(lines.all.filter { $0.contains("nothing can go") }.count == 1)
    let file = DaemonStatus.fields(of: try SmallFile.read(scratch.path("status")))
    #expect(file["obstacle"] == status.obstacle && file["culled_objects"] == "12")
    #expect(lines.all.contains { $0.hasPrefix("info: culled 12 objects") })
    #expect(lines.all.allSatisfy { !$0.hasPrefix("failed") })
  }

  private final class Counted: Sendable {
    let value: Atomic<Int>
    init(_ value: consuming Atomic<Int>) { self.value = value }
  }

  @Test(
    "what would go first is learnt when room gets short, before the kernel asks, and not while there is enough",
    arguments: [true, false])
  func learns(isNear: Bool) throws {
    try scratch.makeCache(objects: 12)
    let kernel = FakeKernel()
    let board = StatusBoard(DaemonStatus())
    let end = try run(kernel, board) { (reading) throws(Errno) in
      (isNear ? board.current.remembered == 12 : reading > 5) || reading > 300
        ? nil : Self.state(culling: false, near: isNear)
    }
    #expect(end == .lost(.withdrawn))
    #expect(board.current.remembered == (isNear ? 12 : 0) && board.current.scans == (isNear ? 1 : 0))
    #expect(objects() == 12 && kernel.culled.withLock { $0.isEmpty })
  }

  @Test("what comes into the graveyard is removed, and what cannot be is named once")
  func graveyard() throws {
    try scratch.makeCache(objects: 2)
    try scratch.write("cache-root/graveyard/6b00e87700000001/@00/file", [1])
    let board = StatusBoard(DaemonStatus())
    let path = scratch.path.description
    let end = try run(FakeKernel(), board) { (reading) throws(Errno) in
      if reading == 3 {
        mkdir("\(path)/cache-root/graveyard/later", 0o700)
        mkfifo("\(path)/cache-root/graveyard/later/fifo", 0o600)
      }
      let names = try? FileManager.default.contentsOfDirectory(atPath: "\(path)/cache-root/graveyard")
      return reading > 3 && names == [] || reading > 300 ? nil : Self.state(culling: false)
    }
    #expect(end == .lost(.withdrawn))
    #expect(board.current.sweptEntries == 5)
    #expect(objects() == 2)
  }

  @Test("a device that cannot be read, or a cache that the kernel has withdrawn, ends it with the reason")
  func lost() throws {
    try scratch.makeCache(objects: 2)
    let end = try run(FakeKernel(), StatusBoard(DaemonStatus())) { (reading) throws(Errno) in
      if reading > 2 { throw .ioError }
      return Self.state(culling: false)
    }
    #expect(end == .lost(.withdrawn))
    // The first command is that of the hold.
    let withdrawn = FakeKernel(failure: (3, .ioError))
    #expect(
      try run(withdrawn, StatusBoard(DaemonStatus())) { (_) throws(Errno) in Self.state(culling: false) }
        == .lost(.stopped(.withdrawn)))
  }

  @Test("pins that cannot be read stop a cull, which is told once")
  func pins() throws {
    try scratch.makeCache(objects: 3)
    var settings = DaemonSettings()
    settings.pins = { (_) throws(SettingsFailure) -> PinnedObjects? in throw SettingsFailure("pins: damaged") }
    let board = StatusBoard(DaemonStatus())
    let kernel = FakeKernel()
    let counter = Counted(Atomic(0))
    let end = try run(kernel, board, settings: settings) { (_) throws(Errno) in
      guard board.current.obstacle != nil else { return Self.state(culling: true) }
      return counter.value.add(1, ordering: .relaxed).newValue > 5 ? nil : Self.state(culling: true)
    }
    #expect(end == .lost(.withdrawn))
    #expect(objects() == 3 && kernel.culled.withLock { $0.isEmpty })
    #expect(board.current.obstacle == "pins: damaged")
    #expect(lines.all.filter { $0.contains("pins: damaged") }.count == 1)
  }

  @Test("while the clock is not synchronized nothing goes for its age, which is told once, and then it does")
  func clock() throws {
    try scratch.makeCache(objects: 10)
    let isRight = Counted(Atomic(0))
    var settings = DaemonSettings()
    settings.interval = .seconds(1)
    settings.limits = [DaemonSettings.Limit(name: "max-age", maximumAge: .zero)]
    settings.clock = { isRight.value.load(ordering: .relaxed) > 0 }
    let board = StatusBoard(DaemonStatus())
    let kernel = FakeKernel()
    let kept = Counted(Atomic(0))
    _ = try run(kernel, board, settings: settings) { (reading) throws(Errno) in
      if let waiting = board.current.waiting, isRight.value.load(ordering: .relaxed) == 0 {
        kept.value.store(self.objects(), ordering: .relaxed)
        #expect(waiting == "max-age waits until the clock is synchronized")
        isRight.value.store(1, ordering: .relaxed)
      }
      return board.current.culledObjects == 10 && board.current.waiting == nil || reading > 300
        ? nil : Self.state(culling: false)
    }
    #expect(kept.value.load(ordering: .relaxed) == 10)
    #expect(objects() == 0 && board.current.waiting == nil)
    #expect(lines.all.filter { $0.contains("waits until the clock is synchronized") }.count == 1)
  }

  @Test("limits of its own are kept to: the oldest go", arguments: ["size", "age", "volume"])
  func limits(kind: String) throws {
    try scratch.makeCache(objects: 10)
    let paths = NaiveWalk.entries("\(scratch.path)/cache-root/cache").filter(\.isRegular).map {
      String(decoding: $0.path, as: UTF8.self)
    }
    let now = Int(time(nil))
    for (index, path) in paths.sorted().enumerated() {
      let times = [timespec(tv_sec: now - (10 - index) * 3600, tv_nsec: 0), timespec(tv_sec: 0, tv_nsec: 0x3fff_fffe)]
      #expect(utimensat(AT_FDCWD, "\(scratch.path)/cache-root/cache/\(path)", times, 0) == 0)
    }
    var settings = DaemonSettings()
    settings.interval = .seconds(1)
    settings.clock = { true }
    switch kind {
    case "size": settings.limits = [DaemonSettings.Limit(name: "max-size", maximumBytes: 0)]
    case "age": settings.limits = [DaemonSettings.Limit(name: "max-age", maximumAge: .seconds(5 * 3600 + 1800))]
    default:
      settings.limits = [
        DaemonSettings.Limit(name: "quota", maximumBytes: 0, volumes: { $0 == Array("9p,other".utf8) }),
        DaemonSettings.Limit(name: "quota", maximumBytes: 0, volumes: { $0 == Array("9p,p9src,hosttag".utf8) }),
      ]
    }
    let expected = kind == "age" ? 5 : 0
    let board = StatusBoard(DaemonStatus())
    let kernel = FakeKernel()
    _ = try run(kernel, board, settings: settings) { (reading) throws(Errno) in
      board.current.culledObjects == 10 - expected || reading > 300 ? nil : Self.state(culling: false)
    }
    #expect(objects() == expected)
    #expect(
      kernel.culled.withLock { $0 }
        == paths.sorted().prefix(10 - expected).map { Array(($0.split(separator: "/").last ?? "").utf8) })
  }
}
