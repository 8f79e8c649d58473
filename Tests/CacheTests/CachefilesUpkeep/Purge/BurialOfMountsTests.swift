// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesCheck
@testable import CachefilesStore
@testable import CachefilesSurvey
@testable import CachefilesUpkeep

/// What a purge must leave, what is mounted where no kernel looks, and failures that must have a line.
@Suite("Mounts, flags and failures", .enabled(if: isRoot))
struct BurialOfMountsTests {
  let scratch = ScratchDirectory()
  private func full(_ name: String) -> String { "\(scratch.path)/\(name)" }

  private func object() throws -> String {
    let entry = NaiveWalk.entries(full("cache-root/cache/I9p,one,a")).first(where: \.isRegular)
    return "cache/I9p,one,a/\(String(decoding: try #require(entry).path, as: UTF8.self))"
  }

  @Test("purge leaves a file that something is mounted on, by volume and by object", .enabled(if: Mount.isPossible))
  func fileMount() throws {
    try scratch.makePurgeable()
    let path = try object()
    let precious = try scratch.write("precious", [1])
    let mount = try Mount(["--bind", precious, full("cache-root/\(path)")])
    for selection in [PurgeSelection.volumes { $0 == Array("9p,one,a".utf8) }, .object(Array(path.utf8)), .all] {
      let report = try scratch.purge(selection).report
      #expect(report.refusal == .unmet("something is mounted on \(path)"))
      #expect(report.done == PurgeAmount() && scratch.graves == ["6b00e87700000001"])
    }
    mount.unmount()
  }

  @Test(
    "purge of a directory in an object's place leaves it where something is mounted in it, also where the kernel tells no mount points",
    .enabled(if: Mount.isPossible), arguments: [false, true])
  func directoryMount(isHidden: Bool) throws {
    func purge(_ path: String) throws -> PurgeReport {
      func run() throws -> PurgeReport { try scratch.purge(.object(Array(path.utf8))).report }
      return isHidden ? try FaultPlan.hidingMountPoints.run(run) : try run()
    }
    try scratch.makePurgeable()
    let path = "cache/I9p,one,a/@00/Tdead"
    try scratch.makeDirectory("cache-root/\(path)/m")
    try scratch.makeDirectory("victim")
    let mount = try Mount(["--bind", full("victim"), full("cache-root/\(path)/m")])
    #expect(try purge(path).refusal == .unmet("something is mounted on \(path)/m"))
    mount.unmount()
    #expect(try purge(path).done.objects == 1)
  }

  @Test("what no sweep can remove is not buried", arguments: [InodeFlags.immutable, .appendOnly])
  func flags(flag: InodeFlags) throws {
    try scratch.makePurgeable()
    let path = try object()
    Flags.set(full("cache-root/\(path)"), flag)
    defer { Flags.clear(full("cache-root/\(path)")) }
    for selection in [PurgeSelection.volumes { $0 == Array("9p,one,a".utf8) }, .object(Array(path.utf8)), .all] {
      let report = try scratch.purge(selection).report
      #expect(report.refusal?.description.hasPrefix("\(path) is ") == true)
      #expect(scratch.graves == ["6b00e87700000001"])
    }
    #expect(try scratch.check().counts[.g03] == nil)
  }

  @Test("whichever look fails during a purge, what is left is counted, and a failure has a line")
  func everyLookFails() throws {
    let selection: PurgeSelection = .volumes { $0 == Array("9p,one,a".utf8) }
    let counting = ScratchDirectory()
    try counting.makePurgeable()
    let plan = try counting.plan(selection)
    let looks = try FaultPlan.count(.statx) { _ = try counting.purge(plan) }
    #expect(looks > 5)
    for ordinal in 1...looks {
      let scratch = ScratchDirectory()
      try scratch.makePurgeable()
      let plan = try scratch.plan(selection)
      let fault = FaultPlan(failing: .statx, ordinal: ordinal, with: .ioError)
      guard let result = try? fault.run({ try scratch.purge(plan) }) else { continue }
      let isWhole = !scratch.has("cache/I9p,one,a") && scratch.graves == ["6b00e87700000001"]
      let isSaid = result.report.errors > 0 || result.report.refusal != nil
      #expect(isWhole || isSaid, "look \(ordinal)")
      #expect(result.report.errors == 0 || !result.failures.isEmpty, "look \(ordinal)")
    }
  }

  @Test(
    "a mount beside 'cache' and 'graveyard', where no kernel looks, is a foreign entry", .enabled(if: Mount.isPossible))
  func mountBeside() throws {
    try scratch.makeDamaged([])
    try scratch.makeDirectory("cache-root/other")
    let mount = try Mount(["-t", "tmpfs", "tmpfs", full("cache-root/other")])
    let result = try scratch.check()
    #expect(result.counts[.r06] == nil && result.counts[.r09] == 1 && result.failures.isEmpty)
    #expect(result.report.exit == 0)
    mount.unmount()
  }

  private static let hasBtrfs = Mount.isPossible && FileManager.default.isExecutableFile(atPath: "/sbin/mkfs.btrfs")

  @Test("a subvolume is no mount: beside the cache nothing, in it what could not be looked at", .enabled(if: hasBtrfs))
  func subvolume() throws {
    let image = full("image")
    _ = try Command.run("/usr/bin/truncate", ["-s", "128M", image])
    #expect(try Command.run("/sbin/mkfs.btrfs", ["-q", "-f", image]).status == 0)
    try scratch.makeDirectory("mounted")
    let mount = try Mount(["-o", "loop", image, full("mounted")])
    try scratch.makeDamaged([], "mounted/c")
    #expect(try Command.run("/bin/btrfs", ["-q", "subvolume", "create", full("mounted/c/.snapshots")]).status == 0)
    let beside = try scratch.check("mounted/c")
    #expect(beside.counts[.r06] == nil && beside.failures.isEmpty && beside.report.exit == 0)
    let inner = full("mounted/c/cache/I9p,p9src,hosttag/@ff")
    try? FileManager.default.removeItem(atPath: inner)
    #expect(try Command.run("/bin/btrfs", ["-q", "subvolume", "create", inner]).status == 0)
    let inside = try scratch.check("mounted/c")
    #expect(inside.counts[.r06] == nil)
    #expect(inside.report.exit & CheckReport.ExitBits.operational != 0)
    mount.unmount()
  }

  @Test("empty directories are pruned also where directory records have no types", .enabled(if: Mount.isPossible))
  func pruneWithoutTypes() throws {
    let image = full("image")
    _ = try Command.run("/usr/bin/truncate", ["-s", "64M", image])
    _ = try Command.run("/sbin/mkfs.ext4", ["-q", "-F", "-O", "^filetype", image])
    try scratch.makeDirectory("mounted")
    let mount = try Mount(["-o", "loop", image, full("mounted")])
    try scratch.makeCache("mounted/c", objects: 4)
    var options = CullOptions()
    options.goal.maximumObjects = 0
    options.prunesEmpty = true
    let report = Cull(try Store(path: scratch.path("mounted/c")), options).run()
    #expect(report.done.objects == 4 && report.prunedDirectories > 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: full("mounted/c/cache")).isEmpty)
    mount.unmount()
  }

  @Test("whichever call fails while an object is extracted, no part of a file is left")
  func extractFails() throws {
    try scratch.makePurgeable()
    let path = scratch.path("cache-root/\(try object())")
    let out = scratch.path("out")
    let calls = FaultPlan.count(nil) { _ = try? Extraction(of: path, to: out) }
    #expect(scratch.names.contains("out"))
    try FileManager.default.removeItem(atPath: full("out"))
    for ordinal in 1...calls {
      let fault = FaultPlan(failing: nil, ordinal: ordinal, with: .noSpace)
      let extraction = try? fault.run { try Extraction(of: path, to: out) }
      #expect(scratch.names.contains("out") == (extraction != nil), "call \(ordinal)")
      try? FileManager.default.removeItem(atPath: full("out"))
    }
  }

  @Test("a grave that cannot be looked at is not removed, and counts as left")
  func unseenGrave() throws {
    let selection: PurgeSelection = .volumes { $0 == Array("9p,one,a".utf8) }
    let counting = ScratchDirectory()
    try counting.makePurgeable()
    let plan = try counting.plan(selection)
    let looks = try FaultPlan.count(.statx) { _ = try counting.purge(plan) }
    var kept = 0
    for ordinal in 1...looks {
      let scratch = ScratchDirectory()
      try scratch.makePurgeable()
      let plan = try scratch.plan(selection)
      let fault = FaultPlan(failing: .statx, ordinal: ordinal, with: .ioError)
      guard let result = try? fault.run({ try scratch.purge(plan) }),
        result.failures.contains(where: { $0.operation == "look at" && $0.error == .ioError }),
        result.report.freedBytes == 0
      else { continue }
      kept += 1
      #expect(result.report.leftGraves == 1 && scratch.graves.count == 2, "look \(ordinal)")
    }
    #expect(kept > 0)
  }

  @Test("a sweep on a read-only mount is one line", .enabled(if: Mount.isPossible))
  func readOnlySweep() throws {
    try scratch.makePurgeable()
    try scratch.makeDirectory("mounted")
    let mount = try Mount(["--bind", full("cache-root"), full("mounted")])
    #expect(try Command.run("/usr/bin/mount", ["-o", "remount,bind,ro", full("mounted")]).status == 0)
    let failures = Collector<StoreError>()
    var options = GraveyardSweeper.Options(now: ScratchDirectory.now)
    options.onFailure = { failures.add($0) }
    let sweeper = GraveyardSweeper(options)
    let store = try Store(path: scratch.path("mounted"))
    #expect { try sweeper.run(store) } throws: { ($0 as? StoreError)?.error == .readOnlyFileSystem }
    #expect(failures.all.isEmpty && scratch.graves == ["6b00e87700000001"])
    mount.unmount()
  }

  @Test("a flag that came after a burial does not make an undo speak of a sweep")
  func flaggedGrave() throws {
    try scratch.makeDamaged([])
    try scratch.write("cache-root/cache/I9p,p9src,hosttag/README.d/x/a", [1])
    _ = try scratch.check("cache-root", .safe)
    let grave = try #require(scratch.graves.first)
    let file = full("cache-root/graveyard/\(grave)/x/a")
    Flags.set(file, .immutable)
    defer { scratch.clearFlags() }
    let report = try scratch.undo()
    #expect(report.restored == 1 && report.lost.isEmpty)
  }
}
