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

/// What suites about the daemon at work share: a cache, what was logged, and a run beside a kernel that is made up.
protocol KeeperTesting {
  var scratch: ScratchDirectory { get }
  /// What was logged, each line after its level.
  var lines: Collector<String> { get }
}

extension KeeperTesting {
  static func state(culling: Bool, near: Bool = false) -> CacheStateLine? {
    let limit = culling || near ? "ffffffffff" : "0"
    let text = "cull=\(culling ? 1 : 0) frun=0 fcull=0 fstop=0 brun=\(limit) bcull=\(near ? "0" : limit) bstop=0"
    let bytes = Array(text.utf8)
    return CacheStateLine(bytes.span)
  }

  func objects() -> Int { NaiveWalk.entries("\(scratch.path)/cache-root/cache").filter(\.isRegular).count }

  func objectPaths() -> [String] {
    NaiveWalk.entries("\(scratch.path)/cache-root/cache").filter(\.isRegular).map {
      String(decoding: $0.path, as: UTF8.self)
    }
  }

  /// Sets when an object was last used, by the clock of this process, whichever that is.
  func setLastUse(_ path: String, hoursAgo hours: Int) {
    let times = [timespec(tv_sec: time(nil) - hours * 3600, tv_nsec: 0), timespec(tv_sec: 0, tv_nsec: 0x3fff_fffe)]
    #expect(utimensat(AT_FDCWD, "\(scratch.path)/cache-root/cache/\(path)", times, 0) == 0)
  }

  /// Runs a daemon until it ends, and gives how it did.
  func run(
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
}

private final class Ended: Sendable {
  let end: Guarded<CacheKeeper.End?>
  init(_ end: consuming Guarded<CacheKeeper.End?>) { self.end = end }
}

/// A number that a test and the threads of a daemon share.
final class Counted: Sendable {
  let value: Atomic<Int>
  init(_ value: consuming Atomic<Int>) { self.value = value }
}
