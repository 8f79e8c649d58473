// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesStore

/// How many changes may be made before the kernel is asked again whether the cache has come up.
@Suite("Holding a cache")
struct ExclusiveCacheTests {
  let scratch = ScratchDirectory()

  @Test(
    "No more changes than promised are made before the kernel has answered, by however many threads", arguments: [1, 8])
  func bound(threads: Int) throws {
    try scratch.makeCache(objects: 3)
    let store = try Store(path: scratch.path("cache-root"))
    let none = LivenessSources(kernel: KernelRelease(6, 12), caches: scratch.path("no such file"))
    // The first answer is that of the hold; with the second one the cache has come up, and is gone again with the third.
    let plan = FaultPlan(failing: .rmdir, ordinal: 2, with: .resourceBusy)
    try plan.run {
      let cache = try store.hold(none)
      let allowed = Workers.run(count: threads) { _ in
        (0..<1000).filter { _ in
          do throws(Refusal) {
            try cache.checkStillFree()
            return true
          } catch {
            return false
          }
        }.count
      }
      #expect(allowed.reduce(0, +) == ExclusiveCache.changeInterval)
      #expect(throws: Refusal.stopped(.inUse)) { try cache.requireStillFree() }
    }
    #expect(plan.watched == 2)
  }
}
