// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesSamples
@testable import CachefilesStore
@testable import CachefilesUpkeep

/// Copies between file systems of different kinds.
@Suite("Copies between file systems", .enabled(if: Mount.isPossible, "needs mounts"))
struct CopyFileSystemTests {
  let scratch = ScratchDirectory()

  /// A new file system in a file, mounted.
  private func mount(_ name: String, _ program: String, _ options: [String], megabytes: Int = 32) throws -> Mount {
    let image = "\(scratch.path)/\(name).image"
    _ = try Command.run("/usr/bin/truncate", ["-s", "\(megabytes)M", image])
    let made = try Command.run(program, options + [image])
    guard made.status == 0 else { throw MountFailure(text: made.errorText) }
    try scratch.makeDirectory(name)
    return try Mount(["-o", "loop", image, "\(scratch.path)/\(name)"])
  }

  private func ext4(_ name: String, block: Int, megabytes: Int = 32) throws -> Mount {
    try mount(name, "/sbin/mkfs.ext4", ["-q", "-b", "\(block)", "-I", "256"], megabytes: megabytes)
  }

  @Test("a file system without user attributes is refused, and nothing is left there")
  func noAttributes() throws {
    try scratch.makeCache(objects: 2)
    try scratch.makeDirectory("m")
    let mount = try Mount(["-t", "ramfs", "ramfs", "\(scratch.path)/m"])
    for name in ["m", "m/new"] {
      #expect {
        _ = try scratch.copy(to: name)
      } throws: { error in
        guard case .unusable(_, let reason) = error as? CopyRefusal else { return false }
        return reason.hasSuffix("so it cannot hold a cache")
      }
    }
    #expect(scratch.parts("m").isEmpty)
    mount.unmount()
  }

  @Test("a directory of the source is no destination under another name either, by a bind mount")
  func bindMounts() throws {
    try scratch.makeCache(objects: 2)
    try scratch.makeDirectory("m")
    try scratch.makeDirectory("cache-root/graveyard/inner")
    let before = scratch.portrait("cache-root")
    let mount = try Mount(["--bind", "\(scratch.path)/cache-root/graveyard", "\(scratch.path)/m"])
    for name in ["m", "m/inner", "m/new"] {
      #expect(throws: CopyRefusal.unusable(path: scratch.path(name).bytes, reason: "it lies inside the source")) {
        _ = try scratch.copy(to: name)
      }
    }
    mount.unmount()
    #expect(scratch.portrait("cache-root") == before)
    // What is mounted elsewhere, and has nothing to do with it.
    try scratch.makeDirectory("other")
    let sound = try Mount(["--bind", "\(scratch.path)/other", "\(scratch.path)/m"])
    #expect(try scratch.copy(to: "m").report.copiedObjects == 2)
    sound.unmount()
  }

  @Test("a file system that is mounted read-only is refused")
  func readOnly() throws {
    try scratch.makeCache(objects: 2)
    try scratch.makeDirectory("m")
    let mount = try Mount(["-t", "tmpfs", "-o", "ro", "tmpfs", "\(scratch.path)/m"])
    for name in ["m", "m/new"] { #expect(throws: CopyRefusal.self) { _ = try scratch.copy(to: name) } }
    mount.unmount()
  }

  @Test("from blocks of 4096 bytes to blocks of 1024, and to memory, everything is exact")
  func smallerBlocks() throws {
    try scratch.makeCache(objects: 3)
    ObjectFile.rewrite(scratch.objects()[0], size: 65536, runs: [[4096, 8192], [20480, 4096], [61440, 4096]])
    let mount = try ext4("small", block: 1024)
    try scratch.makeDirectory("memory")
    let memory = try Mount(["-t", "tmpfs", "tmpfs", "\(scratch.path)/memory"])
    for name in ["small", "memory"] {
      let result = try scratch.copy(to: name) { $0.verifies = true }
      #expect(result.report.copiedObjects == 3 && result.report.verified == 3, "\(result.failures)")
      #expect(result.report.droppedBytes == 0)
      #expect(scratch.portrait(name) == scratch.portrait("cache-root"), "\(name)")
      #expect(try scratch.copy(to: name).report.skipped[.present] == 3)
    }
    memory.unmount()
    mount.unmount()
  }

  @Test("to larger blocks no hole becomes data: blocks that are covered in part are left uncached")
  func largerBlocks() throws {
    let small = try ext4("small", block: 1024)
    try scratch.makeCache("small", objects: 4)
    let objects = scratch.objects("small")
    let layouts: [(runs: [[Int64]], kept: [[Int64]])] = [
      ([[1024, 8192], [13312, 1024]], [[4096, 4096]]),
      ([[0, 4096], [8192, 8192]], [[0, 4096], [8192, 8192]]),
      ([[1024, 1024], [15360, 1024]], []),
      ([[0, 16384]], [[0, 16384]]),
    ]
    for (object, layout) in zip(objects, layouts) {
      ObjectFile.rewrite(object, size: 16384, runs: layout.runs)
      #expect(NaiveWalk.extents(object) == layout.runs, "the source is as meant")
    }
    let large = try ext4("large", block: 4096)
    let result = try scratch.copy("small", to: "large") { $0.verifies = true }
    #expect(result.failures.isEmpty && result.report.isComplete)
    #expect(result.report.verified == 4)
    #expect(result.report.droppedBytes == 5120 + 2048)
    for (object, layout) in zip(scratch.objects("large"), layouts) {
      #expect(NaiveWalk.extents(object) == layout.kept)
      // What is data is the source's data.
      let bytes = try Data(contentsOf: URL(fileURLWithPath: object))
      let original = try Data(contentsOf: URL(fileURLWithPath: object.replacingOccurrences(of: "large", with: "small")))
      for run in layout.kept {
        let range = Int(run[0])..<Int(run[0] + run[1])
        #expect(bytes[range] == original[range] && !bytes[range].contains(0))
      }
    }
    // The same again: what was dropped is no difference.
    #expect(try scratch.copy("small", to: "large").report.skipped[.present] == 4)
    large.unmount()
    small.unmount()
  }

  @Test("a full disk ends the copy with one line, and what was copied is whole", arguments: ["ext4", "tmpfs"])
  func fullDisk(kind: String) throws {
    try SyntheticCache(objects: 400, seed: 3, maximumData: 64 << 10, now: ScratchDirectory.now)
      .write(to: scratch.path("cache-root"))
    try scratch.makeDirectory("m")
    let mount =
      kind == "ext4"
      ? try ext4("m", block: 1024, megabytes: 8)
      : try Mount(["-t", "tmpfs", "-o", "size=4M,nr_inodes=100k", "tmpfs", "\(scratch.path)/m"])
    let result = try scratch.copy(to: "m")
    #expect(result.failures.count == 1 && result.report.errors == 1, "\(result.failures)")
    #expect(result.failures.first?.error == .noSpace)
    #expect(result.report.copiedObjects < 400)
    #expect(scratch.objects("m").count == result.report.copiedObjects)
    #expect(
      Set(scratch.portrait("m").filter { $0.contains("/@") && !$0.contains(" 40700 ") })
        .isSubset(of: Set(scratch.portrait("cache-root"))))
    #expect(scratch.parts("m").filter { $0 != "lost+found" } == ["cache", "graveyard"])
    #expect(try scratch.check("m").problems.isSubset(of: scratch.check().problems))
    mount.unmount()
  }

  @Test(
    "on btrfs and xfs data is shared, and holes stay holes",
    .enabled(if: !Mount.sharing.isEmpty, "neither btrfs nor xfs can be made and mounted here"), arguments: Mount.sharing
  )
  func shared(kind: String) throws {
    let mount = try mount("m", try #require(Mount.maker(kind)), ["-q"], megabytes: 512)
    try SyntheticCache(objects: 100, seed: 3, maximumData: 64 << 10, now: ScratchDirectory.now)
      .write(to: scratch.path("m/source"))
    _ = try Command.run("/usr/bin/sync", ["-f", "\(scratch.path)/m"])
    let plan = FaultPlan(failing: .pwrite, ordinal: 3, with: .ioError)
    let result = try plan.run { try scratch.copy("m/source", to: "m/copy") { $0.verifies = true } }
    #expect(result.failures.isEmpty && result.report.verified == 100)
    // The trial writes one byte; no data was written after it.
    #expect(plan.watched == 1)
    #expect(scratch.portrait("m/copy") == scratch.portrait("m/source"))
    mount.unmount()
  }
}
