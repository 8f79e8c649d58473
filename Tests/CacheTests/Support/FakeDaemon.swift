// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Foundation
import LinuxIO
import StoreTestSupport
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesStore

/// A process that has a file open in the place of `/dev/cachefiles`, and the tables of a kernel that has one cache.
final class FakeDaemon: Sendable {
  let scratch: ScratchDirectory
  let kernel: FakeKernel
  private let process: Guarded<pid_t>

  init(_ scratch: ScratchDirectory, _ kernel: FakeKernel = FakeKernel(), caches: String? = nil) throws {
    self.scratch = scratch
    self.kernel = kernel
    try scratch.write("device")
    try scratch.write("caches", Array((caches ?? Self.table).utf8))
    process = Guarded(try FileHolder.start(scratch.path("device").string).processIdentifier)
  }

  deinit { end() }

  /// The kernel's table of caches with one that is in use.
  static let table = """
    CACHE    REF   VOLS  OBJS  ACCES S NAME
    ======== ===== ===== ===== ===== = ===============
    00000001    2    1     5     1 A fake

    """

  /// Its number.
  var identifier: Int { Int(process.withLock { $0 }) }

  /// Ends the process as a crash does, and waits until its files are closed.
  func end() {
    process.withLock { process in
      guard process > 0 else { return }
      kill(process, SIGKILL)
      while FileManager.default.fileExists(atPath: "/proc/\(process)/fd/7") { usleep(1000) }
      process = 0
    }
  }

  /// Where the tables and the process are.
  var sources: LivenessSources {
    var sources = LivenessSources(kernel: KernelRelease(6, 12), caches: scratch.path("caches"))
    sources.device = scratch.path("device").string
    sources.volumes = scratch.path("volumes")
    let kernel = kernel
    sources.makeDevice = { _ in kernel }
    return sources
  }

  /// Runs code in a world where the cache is in use: `rmdir` of its directories answers EBUSY.
  static func inUse<T>(_ body: () throws -> T) rethrows -> T {
    try FaultPlan(failing: .rmdir, ordinal: 0, with: .resourceBusy).run(body)
  }
}
