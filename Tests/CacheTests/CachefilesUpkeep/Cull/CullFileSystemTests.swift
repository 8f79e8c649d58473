// SPDX-License-Identifier: Apache-2.0
import CachefilesSurvey
import Foundation
import LinuxIO
import TestSupport
import Testing

@testable import CachefilesSamples
@testable import CachefilesStore
@testable import CachefilesUpkeep

/// Culls on file systems that free space later.
@Suite("Culling on other file systems", .enabled(if: Mount.isPossible, "needs mounts"))
struct CullFileSystemTests {
  let scratch = ScratchDirectory()

  @Test(
    "what was removed is available when the cull ends",
    .enabled(if: !Mount.sharing.isEmpty, "neither btrfs nor xfs can be made and mounted here"), arguments: Mount.sharing
  )
  func available(kind: String) throws {
    let image = "\(scratch.path)/image"
    _ = try Command.run("/usr/bin/truncate", ["-s", "512M", image])
    #expect(try Command.run(try #require(Mount.maker(kind)), ["-q", image]).status == 0)
    try scratch.makeDirectory("m")
    let mount = try Mount(["-o", "loop", image, "\(scratch.path)/m"])
    try SyntheticCache(objects: 40, seed: 3, maximumData: 4 << 20, now: ScratchDirectory.now)
      .write(to: scratch.path("m/cache-root"))
    _ = try Command.run("/usr/bin/sync", ["-f", "\(scratch.path)/m"])
    var options = CullOptions()
    options.goal.maximumObjects = 5
    let report = Cull(try Store(path: scratch.path("m/cache-root")), options).run()
    let (before, after) = (try #require(report.availableBefore), try #require(report.availableAfter))
    #expect(report.done.objects == 35)
    #expect(report.done.bytes > 1 << 20)
    #expect(after >= before + report.done.bytes / 10 * 9)
    mount.unmount()
  }

  @Test(
    "what a just-made ext4 keeps for itself is made up for, and is no goal that was missed",
    arguments: [1, 2, 3] as [UInt64])
  func topUp(seed: UInt64) throws {
    let image = "\(scratch.path)/image"
    _ = try Command.run("/usr/bin/truncate", ["-s", "256M", image])
    #expect(try Command.run(try #require(Mount.maker("ext4")), ["-q", image]).status == 0)
    try scratch.makeDirectory("m")
    let mount = try Mount(["-o", "loop", image, "\(scratch.path)/m"])
    try SyntheticCache(objects: 600, seed: seed, maximumData: 64 << 10, now: ScratchDirectory.now)
      .write(to: scratch.path("m/cache-root"))
    _ = try Command.run("/usr/bin/sync", ["-f", "\(scratch.path)/m"])
    var options = CullOptions()
    let store = try Store(path: scratch.path("m/cache-root"))
    options.goal.availableBytes = try store.root.fileSystem().availableBytes + (4 << 20)
    options.isCancelled = { false }
    // Files that somebody has open go, and their blocks do not come back: the next ones make up for that.
    let oldest = NaiveWalk.entries("\(scratch.path)/m/cache-root").filter { $0.isRegular && $0.components.count == 4 }
      .sorted { ($0.accessTime, "\($0.path)") < ($1.accessTime, "\($1.path)") }.filter { $0.allocated > 0 }.prefix(5)
    let held = oldest.map {
      open("\(scratch.path)/m/cache-root/\(String(decoding: $0.path, as: UTF8.self))", O_RDONLY | O_CLOEXEC)
    }
    #expect(held.allSatisfy { $0 >= 0 })
    let heldBytes = oldest.reduce(0) { $0 + $1.allocated }
    let report = Cull(consume store, options).run()
    for descriptor in held { close(descriptor) }
    #expect(report.isGoalMet && report.refusal == nil, "\(report.shortfall)")
    #expect(heldBytes > 0 && report.done.bytes > 4 << 20)
    mount.unmount()
  }
}
