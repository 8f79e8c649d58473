// SPDX-License-Identifier: Apache-2.0
import Glibc
import LinuxIO
import StoreTestSupport
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesDaemon
@testable import CachefilesStore
@testable import CachefilesUpkeep

/// Settings that are read again hold at once, also for what was begun with the old ones.
@Suite("Settings that are read again", .serialized)
struct CacheKeeperReloadTests: KeeperTesting {
  let scratch = ScratchDirectory()
  let lines = Collector<String>()

  /// Works with settings, reads others when so many objects are left, and tells how many are left in the end.
  private func left(_ first: DaemonSettings, then second: DaemonSettings, at count: Int) throws -> Int {
    try scratch.makeCache(objects: 12)
    let (keeper, hasAsked) = (Counted(Atomic(0)), Counted(Atomic(0)))
    let lines = lines
    let kernel = FakeKernel { _ in
      guard self.objects() <= count, hasAsked.value.add(1, ordering: .relaxed).oldValue == 0 else { return }
      pthread_kill(pthread_t(UInt(keeper.value.load(ordering: .relaxed))), SIGHUP)
      for _ in 0..<200 where !lines.all.contains(where: { $0.contains("read again") }) { usleep(50_000) }
    }
    let device = try FakeDevice(kernel) { (reading) throws(Errno) in reading > 40 ? nil : Self.state(culling: false) }
    let live = SharedLiveHold(try LiveCache(bound: try Store(path: scratch.path("cache-root")), by: device))
    let log = DaemonLog(.closure { lines.add("\($0): \($1)") })
    let (status, board) = (scratch.path("status"), StatusBoard(DaemonStatus()))
    let thread = try BackgroundThread {
      do throws(Errno) {
        keeper.value.store(Int(bitPattern: UInt(pthread_self())), ordering: .relaxed)
        let parts = CacheKeeper.Parts(
          device: device, live: live, signals: try SignalQueue(), manager: ServiceManager(nil, log), log: log,
          board: board, files: StatusFiles(status: status, render: { _ in [] }),
          load: { () throws(SettingsFailure) -> DaemonSettings in second }, capacity: 100,
          interval: .milliseconds(100), shortestInterval: .milliseconds(200))
        _ = try CacheKeeper(parts, CullSchedule(), first).run()
      } catch {
        lines.add("failed: \(error)")
      }
    }
    #expect(thread.waitForEnd(milliseconds: 60_000))
    #expect(hasAsked.value.load(ordering: .relaxed) > 0)
    return objects()
  }

  private func settings(_ change: (inout DaemonSettings) -> Void = { _ in }) -> DaemonSettings {
    var settings = DaemonSettings()
    settings.interval = .seconds(3600)
    settings.cullShare = 1
    change(&settings)
    return settings
  }

  // One more may go: that which the kernel was being asked for.

  @Test("A limit that is taken away ends its cull")
  func limitTakenAway() throws {
    let limit = settings { $0.limits = [DaemonSettings.Limit(name: "max-size", maximumBytes: 0)] }
    #expect(try left(limit, then: settings(), at: 9) >= 8)
  }

  @Test("Room that is not wanted any more ends the cull for it")
  func roomTakenAway() throws {
    let all = settings { $0.minimumFree = { $0.blocks &* $0.blockSize } }
    #expect(try left(all, then: settings(), at: 9) >= 8)
  }

  @Test("Pins that hold from now on stop what was begun without them")
  func pinsTurnedOn() throws {
    let all = settings { $0.minimumFree = { $0.blocks &* $0.blockSize } }
    let pinned = settings {
      $0.minimumFree = all.minimumFree
      $0.pins = { (_) throws(SettingsFailure) -> PinnedObjects? in throw SettingsFailure("everything is pinned") }
    }
    #expect(try left(all, then: pinned, at: 9) >= 8)
    #expect(lines.all.contains { $0.contains("everything is pinned") })
  }

  @Test("What is to be available is a share of the file system as it is now, and is asked for again")
  func shareOfNow() throws {
    let asked = Counted(Atomic(0))
    let counting = settings {
      $0.minimumFree = { _ in
        asked.value.add(1, ordering: .relaxed)
        return 0
      }
    }
    try scratch.makeCache(objects: 2)
    _ = try run(FakeKernel(), StatusBoard(DaemonStatus()), settings: counting) { (reading) throws(Errno) in
      reading > 10 ? nil : Self.state(culling: false)
    }
    #expect(asked.value.load(ordering: .relaxed) > 5)
  }

  @Test("A limit that cannot be kept is in the status, and told once")
  func limitNotKept() throws {
    try scratch.makeCache(objects: 6)
    let limit = settings {
      $0.interval = .seconds(1)
      $0.limits = [DaemonSettings.Limit(name: "max-size", maximumBytes: 0)]
    }
    let kernel = FakeKernel()
    kernel.busy.withLock { busy in
      for path in objectPaths() { busy.insert(Array((path.split(separator: "/").last ?? "").utf8)) }
    }
    let board = StatusBoard(DaemonStatus())
    _ = try run(kernel, board, settings: limit) { (reading) throws(Errno) in
      reading > 40 ? nil : Self.state(culling: false)
    }
    #expect(objects() == 6)
    #expect(board.current.limitsNotKept == ["max-size": "what is left is in use, dirty or pinned"])
    #expect(board.current.fields.contains { $0.name == "limits_not_kept" })
    #expect(lines.all.count { $0.contains("not kept") } == 1)
  }

  @Test("max-age waits where access times do not move: what is read all the time is as old as the rest")
  func noAccessTimes() throws {
    guard Mount.isPossible else { return }
    try scratch.makeDirectory("cache-root")
    let mount = KeptMount(
      try Mount(["-t", "tmpfs", "-o", "noatime,size=16m", "tmpfs", "\(scratch.path)/cache-root"]), in: scratch)
    try scratch.makeCache(objects: 4)
    for path in objectPaths() { setLastUse(path, hoursAgo: 1000) }
    let limit = settings {
      $0.limits = [DaemonSettings.Limit(name: "max-age", maximumAge: .seconds(3600))]
      $0.clock = { true }
    }
    let board = StatusBoard(DaemonStatus())
    _ = try run(FakeKernel(), board, settings: limit) { (reading) throws(Errno) in
      reading > 20 ? nil : Self.state(culling: false)
    }
    #expect(objects() == 4)
    #expect(board.current.waiting?.contains("noatime") == true)
    withExtendedLifetime(mount) {}
  }

  @Test("A device that cannot be read for a while is told once")
  func unreadable() throws {
    try scratch.makeCache(objects: 2)
    _ = try run(FakeKernel(), StatusBoard(DaemonStatus())) { (reading) throws(Errno) in
      if reading > 10 { return nil }
      throw .noMemory
    }
    #expect(lines.all.count { $0.contains("cannot read how") } == 1)
  }
}
