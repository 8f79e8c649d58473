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
}
