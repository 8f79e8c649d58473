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

@Suite("The daemon's own limits, and how much of the time they take")
struct CacheKeeperLimitsTests: KeeperTesting {
  let scratch = ScratchDirectory()
  let lines = Collector<String>()

  @Test("limits that are not kept to in time get more of it, until they are; others get what is set")
  func late() throws {
    try scratch.makeCache(objects: 12)
    var settings = DaemonSettings()
    settings.interval = .seconds(1)
    settings.cullShare = 0.02
    settings.limits = [DaemonSettings.Limit(name: "max-size", maximumBytes: 0)]
    // The kernel takes its time for one object, until the share has grown twice.
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
    // It doubles; a machine that stands still may miss a step. At the end it is what is set.
    #expect(shares.all.allSatisfy { [0.02, 0.04, 0.08, 0.16, 0.32, 0.64].contains($0) }, "\(shares.all)")
    #expect((shares.all.max() ?? 0) > 0.06 && shares.all.last == 0.02, "\(shares.all)")
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
}
