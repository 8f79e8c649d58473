// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO
import StoreTestSupport
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesDaemon
@testable import CachefilesStore
@testable import CachefilesUpkeep

@Suite("The thread that removes objects")
struct CullWorkerTests {
  let scratch = ScratchDirectory()

  /// Waits until something holds.
  private func wait(_ holds: () -> Bool) -> Bool {
    for _ in 0..<3000 where !holds() { Pause.microseconds(10_000) }
    return holds()
  }

  @Test("settings that are read again leave what was learnt as it is, and other pins do not")
  func reload() throws {
    try scratch.makeCache(objects: 12)
    let live = SharedLiveHold(try LiveCache(bound: try Store(path: scratch.path("cache-root")), by: FakeKernel()))
    let board = StatusBoard(DaemonStatus())
    let worker = try CullWorker(live, capacity: 100, DaemonLog(.closure { _, _ in }), board)
    let thread = try BackgroundThread { worker.run() }
    let learn = { (settings: DaemonSettings) in
      worker.order {
        $0.settings = settings
        $0.prepares = true
      }
      return self.wait { !worker.isBusy }
    }
    #expect(learn(DaemonSettings()) && board.current.remembered == 12 && board.current.scans == 1)
    var settings = DaemonSettings()
    settings.cullShare = 0.5
    #expect(learn(settings) && board.current.remembered == 12 && board.current.scans == 1)
    let pins = PinnedObjects(PinList(root: Array("/x".utf8), pins: []))
    settings.pins = { _ in pins }
    #expect(learn(settings) && board.current.remembered == 12 && board.current.scans == 2)
    worker.order { $0.isEnding = true }
    #expect(thread.waitForEnd(milliseconds: 60_000))
  }
}
