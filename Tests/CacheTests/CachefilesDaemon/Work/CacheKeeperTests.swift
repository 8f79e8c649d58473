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

  private func objectPaths() -> [String] {
    NaiveWalk.entries("\(scratch.path)/cache-root/cache").filter(\.isRegular).map {
      String(decoding: $0.path, as: UTF8.self)
    }
  }

  /// Sets when an object was last used, by the clock of this process, whichever that is.
  private func setLastUse(_ path: String, hoursAgo hours: Int) {
    let times = [timespec(tv_sec: time(nil) - hours * 3600, tv_nsec: 0), timespec(tv_sec: 0, tv_nsec: 0x3fff_fffe)]
    #expect(utimensat(AT_FDCWD, "\(scratch.path)/cache-root/cache/\(path)", times, 0) == 0)
  }

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
          interval: .milliseconds(100), shortestInterval: .milliseconds(200))
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

  @Test(
    "a kernel that cannot answer now still has the cache", arguments: [Errno.noMemory, .permissionDenied, .interrupted])
  func unanswered(error: Errno) throws {
    try scratch.makeCache(objects: 2)
    let asked = Counted(Atomic(0))
    // The first command is that of the hold; later ones ask whether the cache is still there.
    let kernel = FakeKernel(failure: (2, error)) { asked.value.store($0, ordering: .relaxed) }
    let end = try run(kernel, StatusBoard(DaemonStatus())) { (reading) throws(Errno) in
      asked.value.load(ordering: .relaxed) > 3 || reading > 300 ? nil : Self.state(culling: false)
    }
    #expect(end == .lost(.withdrawn) && asked.value.load(ordering: .relaxed) > 3)
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
      guard board.current.hindrance != nil else { return Self.state(culling: true) }
      return counter.value.add(1, ordering: .relaxed).newValue > 5 ? nil : Self.state(culling: true)
    }
    #expect(end == .lost(.withdrawn))
    #expect(objects() == 3 && kernel.culled.withLock { $0.isEmpty })
    #expect(board.current.hindrance == "pins: damaged")
    #expect(lines.all.filter { $0.contains("pins: damaged") }.count == 1)
  }

  @Test("pins that cannot be read are told for as long as that is so, also while nobody wants room")
  func pinsWhileCalm() throws {
    try scratch.makeCache(objects: 3)
    let isMended = Counted(Atomic(0))
    var settings = DaemonSettings()
    settings.interval = .seconds(1)
    settings.limits = [DaemonSettings.Limit(name: "max-size", maximumBytes: 0)]
    settings.pins = { (_) throws(SettingsFailure) -> PinnedObjects? in
      if isMended.value.load(ordering: .relaxed) == 0 { throw SettingsFailure("pins: damaged") }
      return nil
    }
    let board = StatusBoard(DaemonStatus())
    let counter = Counted(Atomic(0))
    _ = try run(FakeKernel(), board, settings: settings) { (reading) throws(Errno) in
      // Several looks at the state do not make it forget.
      if board.current.hindrance != nil, counter.value.add(1, ordering: .relaxed).newValue == 5 {
        isMended.value.store(1, ordering: .relaxed)
      }
      return board.current.culledObjects == 3 || reading > 300 ? nil : Self.state(culling: false)
    }
    #expect(counter.value.load(ordering: .relaxed) >= 5)
    #expect(objects() == 0 && board.current.hindrance == nil)
    #expect(
      lines.all.filter { $0.contains("pins") } == [
        "error: nothing is removed: pins: damaged", "notice: the pins can be read again",
      ])
    #expect(!lines.all.contains { $0.contains("the kernel wants room") })
  }

  @Test("what is pinned while a cull goes on stays: the cull ends and begins anew")
  func pinsMeanwhile() throws {
    try scratch.makeCache(objects: 12)
    let paths = NaiveWalk.entries("\(scratch.path)/cache-root/cache").filter(\.isRegular).map {
      Array("cache/".utf8) + $0.path
    }
    let pins = PinnedObjects(
      PinList(
        root: Array("\(scratch.path)/cache-root".utf8),
        pins: [Pin(.manifest, path: Array("/x".utf8), objects: paths.map { Pin.Object(path: $0) })]))
    let isPinned = Counted(Atomic(0))
    var settings = DaemonSettings()
    settings.pins = { (_) throws(SettingsFailure) -> PinnedObjects? in
      isPinned.value.load(ordering: .relaxed) == 0 ? nil : pins
    }
    // The pins come with the third command, and the kernel takes its time.
    let kernel = FakeKernel { number in
      guard number > 3 else { return }
      isPinned.value.store(1, ordering: .relaxed)
      usleep(1_200_000)
    }
    let board = StatusBoard(DaemonStatus())
    let end = try run(kernel, board, settings: settings) { (reading) throws(Errno) in
      board.current.obstacle != nil || reading > 600 ? nil : Self.state(culling: true)
    }
    #expect(end == .lost(.withdrawn))
    #expect((6...11).contains(objects()), "\(objects()) of 12 are left")
    #expect(board.current.obstacle?.hasPrefix("nothing can go") == true)
  }

  @Test(
    "where there are no more threads or descriptors the cache stays, and what is in the way is told",
    arguments: [(Syscall.unshare, Errno.resourceTemporarilyUnavailable), (.dup, .tooManyOpenFiles)], 2...6)
  func shortage(kind: (Syscall, Errno), ordinal: Int) throws {
    try scratch.makeCache(objects: 12)
    let board = StatusBoard(DaemonStatus())
    let plan = FaultPlan(failing: kind.0, ordinal: ordinal, with: kind.1)
    let end = try plan.run {
      try run(FakeKernel(), board) { (reading) throws(Errno) in
        board.current.obstacle != nil || board.current.culledObjects == 12 || reading > 300
          ? nil : Self.state(culling: true)
      }
    }
    #expect(end == .lost(.withdrawn))
    #expect(board.current.obstacle != nil || board.current.culledObjects == 12)
    #expect(lines.all.filter { $0.hasPrefix("error: the kernel wants room, but") }.count <= 1)
  }

  @Test("limits that are not kept to in time get more of it, until they are; others get what is set")
  func late() throws {
    try scratch.makeCache(objects: 12)
    var settings = DaemonSettings()
    settings.interval = .seconds(1)
    settings.cullShare = 0.02
    settings.limits = [DaemonSettings.Limit(name: "max-size", maximumBytes: 0)]
    // The kernel takes its time for one object, until the share has grown to all.
    let board = StatusBoard(DaemonStatus())
    let kernel = FakeKernel { number in
      guard number == 5 else { return }
      for _ in 0..<600 where board.current.share < 0.06 { usleep(50_000) }
    }
    let shares = Collector<Double>()
    let end = try run(kernel, board, settings: settings) { (reading) throws(Errno) in
      let status = board.current
      if status.share < 1, shares.all.last != status.share { shares.add(status.share) }
      return status.culledObjects == 12 && status.share == 0.02 || reading > 900 ? nil : Self.state(culling: false)
    }
    #expect(end == .lost(.withdrawn) && objects() == 0)
    // Each twice the one before, and at the end what is set.
    #expect(shares.all.starts(with: [0.02, 0.04, 0.08]) && shares.all.last == 0.02, "\(shares.all)")
    let file = DaemonStatus.fields(of: try SmallFile.read(scratch.path("status")))
    #expect(file["share_percent"] == "2")
  }

  @Test("where there is less room than at the limit of storing, a cull takes all of the time; with room what is set")
  func urgent() throws {
    try scratch.makeCache(objects: 12)
    var settings = DaemonSettings()
    settings.cullShare = 0.02
    let board = StatusBoard(DaemonStatus())
    _ = try run(FakeKernel(), board, settings: settings) { (reading) throws(Errno) in
      board.current.share == 0.02 || reading > 300 ? nil : Self.state(culling: false)
    }
    #expect(board.current.share == 0.02 && objects() == 12)
    _ = try run(FakeKernel(), board, settings: settings) { (reading) throws(Errno) in
      board.current.culledObjects == 12 || reading > 300 ? nil : Self.state(culling: true)
    }
    #expect(board.current.share == 1 && objects() == 0)
  }

  @Test("a look at the limits that a cull for room breaks off is taken up again")
  func brokenOff() throws {
    try scratch.makeCache(objects: 12)
    var settings = DaemonSettings()
    settings.interval = .seconds(3600)
    settings.limits = [DaemonSettings.Limit(name: "max-size", maximumBytes: 0)]
    let wants = Counted(Atomic(0))
    // The first look at the limits takes a while; meanwhile the kernel asks for room.
    let kernel = FakeKernel { number in
      guard number == 4 else { return }
      wants.value.store(1, ordering: .relaxed)
      usleep(1_500_000)
    }
    let board = StatusBoard(DaemonStatus())
    let end = try run(kernel, board, settings: settings) { (reading) throws(Errno) in
      if board.current.culls > 0 { wants.value.store(2, ordering: .relaxed) }
      return board.current.culledObjects == 12 || reading > 300
        ? nil : Self.state(culling: wants.value.load(ordering: .relaxed) == 1)
    }
    #expect(end == .lost(.withdrawn) && objects() == 0)
  }

  @Test("a signal that came before anybody waited for it is not lost")
  func earlySignal() throws {
    try scratch.makeCache(objects: 2)
    let board = StatusBoard(DaemonStatus())
    let device = try FakeDevice(FakeKernel()) { (_) throws(Errno) in Self.state(culling: false) }
    let live = SharedLiveHold(try LiveCache(bound: try Store(path: scratch.path("cache-root")), by: device))
    let (status, log, lines) = (scratch.path("status"), DaemonLog(.closure { _, _ in }), lines)
    let thread = try BackgroundThread {
      do throws(Errno) {
        let signals = try SignalQueue()
        pthread_kill(pthread_self(), SIGHUP)
        pthread_kill(pthread_self(), SIGTERM)
        lines.add("asked: \(signals.isEndAsked) \(signals.isEndAsked)")
        let parts = CacheKeeper.Parts(
          device: device, live: live, signals: signals, manager: ServiceManager(nil, log), log: log, board: board,
          files: StatusFiles(status: status, render: { _ in [] }),
          load: { () throws(SettingsFailure) -> DaemonSettings in
            lines.add("read again")
            return DaemonSettings()
          }, capacity: 100)
        lines.add("\(try CacheKeeper(parts, CullSchedule(), DaemonSettings()).run())")
      } catch {
        lines.add("failed: \(error)")
      }
    }
    #expect(thread.waitForEnd(milliseconds: 60_000))
    #expect(lines.all == ["asked: true true", "read again", "asked"])
  }

  @Test("the files are written now and then although nothing changes")
  func renewed() throws {
    try scratch.makeCache(objects: 1)
    let path = scratch.path("status")
    let times = Collector<String>()
    _ = try run(FakeKernel(), StatusBoard(DaemonStatus())) { (reading) throws(Errno) in
      if let text = try? SmallFile.read(path), let time = DaemonStatus.fields(of: text)["written_ns"] {
        times.add(time)
      }
      return Set(times.all).count > 2 || reading > 300 ? nil : Self.state(culling: false)
    }
    #expect(Set(times.all).count > 2)
  }

  @Test("while the clock is not synchronized nothing goes for its age, which is told once, and then it does")
  func clock() throws {
    try scratch.makeCache(objects: 10)
    for path in objectPaths() { setLastUse(path, hoursAgo: 1) }
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
    let paths = objectPaths()
    for (index, path) in paths.sorted().enumerated() { setLastUse(path, hoursAgo: 10 - index) }
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
