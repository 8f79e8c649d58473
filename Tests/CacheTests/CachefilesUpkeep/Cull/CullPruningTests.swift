// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesStore
@testable import CachefilesUpkeep

/// Which empty directories a cull removes.
@Suite("Pruning empty directories")
struct CullPruningTests {
  let scratch = ScratchDirectory()

  private func prune(_ change: (inout CullOptions) -> Void = { _ in }) throws
    -> (report: Cull.Report, failures: [StoreError])
  {
    let failures = Collector<StoreError>()
    var options = CullOptions()
    options.threads = 1
    options.goal.maximumObjects = 100
    options.prunesEmpty = true
    options.onFailure = { failures.add($0) }
    change(&options)
    return (Cull(try Store(path: scratch.path("cache-root")), options).run(), failures.all)
  }

  private func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(scratch.path)/cache-root/cache/\(name)")
  }

  private func make() throws {
    try scratch.makeCache(objects: 3)
    for name in ["Iafs,empty,1/@07", "Iafs,empty,1/@08", "I9p,other,tag/@01", "I9p,third,tag"] {
      try scratch.makeDirectory("cache-root/cache/\(name)")
    }
  }

  @Test("volumes of other network file systems stay as they are")
  func types() throws {
    try make()
    #expect(try prune { $0.selection.types = [.afs] }.report.prunedDirectories == 3)
    #expect(!exists("Iafs,empty,1"))
    #expect(exists("I9p,other,tag/@01") && exists("I9p,third,tag"))
  }

  @Test("volumes that are not selected stay as they are")
  func volumes() throws {
    try make()
    #expect(try prune { $0.selection.volumes = { $0 == Array("9p,other,tag".utf8) } }.report.prunedDirectories == 2)
    #expect(exists("Iafs,empty,1/@07") && exists("Iafs,empty,1/@08") && exists("I9p,third,tag"))
  }

  @Test("protected directories stay, and so does what holds them")
  func protected() throws {
    try make()
    let kept = ["cache/Iafs,empty,1/@08", "cache/I9p,third,tag"].map { Array($0.utf8) }
    #expect(try prune { $0.selection.isProtected = { kept.contains($0) } }.report.prunedDirectories == 3)
    #expect(exists("Iafs,empty,1/@08") && exists("I9p,third,tag"))
    #expect(!exists("Iafs,empty,1/@07") && !exists("I9p,other,tag"))
  }

  @Test("a file with the name of a fanout directory is no failure and stays")
  func file() throws {
    try make()
    try scratch.write("cache-root/cache/I9p,other,tag/@02", [1])
    let result = try prune()
    #expect(result.failures.isEmpty)
    #expect(result.report.prunedDirectories == 5)
    #expect(exists("I9p,other,tag/@02"))
  }

  @Test("when the cache comes up nothing more is pruned")
  func comesUp() throws {
    try make()
    let plan = FaultPlan(failing: .rmdir, ordinal: 2, with: .resourceBusy)
    let report = try plan.run { try prune().report }
    #expect(report.refusal?.description == "stopped: the cache is in use by a kernel")
    #expect(report.prunedDirectories == 0)
  }

  @Test(
    "what is mounted is named and not entered, be it a volume or a fanout directory, of the same file system or another",
    .enabled(if: Mount.isPossible, "needs mounts"), arguments: ["I9p,other,tag", "I9p,other,tag/@01"], [true, false])
  func mounted(place: String, isBind: Bool) throws {
    try make()
    try scratch.makeDirectory("outside/@00")
    let path = "\(scratch.path)/cache-root/cache/\(place)"
    let mount = try Mount(
      isBind ? ["--bind", "\(scratch.path)/outside", path] : ["-t", "tmpfs", "tmpfs", path])
    if !isBind { try scratch.makeDirectory("cache-root/cache/\(place)/@00") }
    let result = try prune()
    // The counting scan names it too.
    #expect(result.failures.count == 2)
    #expect(result.failures.allSatisfy { $0.error == .improperLink && $0.path == Array(path.utf8) })
    #expect(exists("\(place)/@00"))
    #expect(!exists("Iafs,empty,1") && !exists("I9p,third,tag"))
    mount.unmount()
    #expect(exists(place))
  }
}
