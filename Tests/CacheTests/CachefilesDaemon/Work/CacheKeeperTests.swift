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

@Suite("The daemon at work")
struct CacheKeeperTests: KeeperTesting {
  let scratch = ScratchDirectory()
  let lines = Collector<String>()

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
}
