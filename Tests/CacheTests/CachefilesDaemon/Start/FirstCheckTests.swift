// SPDX-License-Identifier: Apache-2.0
import CachefilesCheck
import CachefilesStore
import Foundation
import LinuxIO
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesDaemon

@Suite("The check before the bind")
struct FirstCheckTests {
  let scratch = ScratchDirectory()
  private let lines = Collector<String>()

  /// Runs it on a cache with a directory where no kernel would have one.
  private func run(_ isCancelled: @escaping @Sendable () -> Bool, limit: Duration = .seconds(600)) throws -> Bool {
    try scratch.makeCache(objects: 3)
    let graveyard = "\(scratch.path)/cache-root/graveyard"
    try FileManager.default.removeItem(atPath: graveyard)
    try scratch.write("cache-root/graveyard", [1])
    let lines = lines
    let journal = scratch.path("journal")
    var sources = LivenessSources(kernel: KernelRelease(6, 12), caches: scratch.path("none"))
    sources.device = scratch.path("no-device").string
    FirstCheck(
      path: scratch.path("cache-root"), log: DaemonLog(.closure { lines.add("\($0): \($1)") }), sources: sources,
      journal: { () throws(SettingsFailure) -> FilePath in journal }, isCancelled: isCancelled, timeLimit: limit
    ).run()
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: graveyard, isDirectory: &isDirectory) && isDirectory.boolValue
  }

  @Test("what would keep the kernel from binding the cache is mended")
  func mends() throws {
    #expect(try run { false }, "\(lines.all)")
    #expect(lines.all.contains { $0.hasPrefix("info: checked before the bind") }, "\(lines.all)")
  }

  @Test("a signal ends it, and so does the end of its time; that is told", arguments: [true, false])
  func ends(bySignal: Bool) throws {
    _ = try run({ bySignal }, limit: bySignal ? .seconds(600) : .zero)
    #expect(lines.all.contains { $0.contains("did not come to its end") }, "\(lines.all)")
  }
}
