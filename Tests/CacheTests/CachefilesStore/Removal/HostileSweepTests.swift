// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// Sweeps of graveyards that resist, or change meanwhile: nothing outside goes, what is left is named, the rest goes.
@Suite("Sweeps against resistance", .enabled(if: isRoot, "needs root"))
struct HostileSweepTests {
  let scratch = ScratchDirectory()
  private var root: String { "\(scratch.path)/cache-root/graveyard" }

  @Test(
    "What is mounted is left and named, with the directories above it", .enabled(if: isRoot, "needs root"),
    arguments: [1, 8])
  func mounts(threads: Int) throws {
    try scratch.makeGraveyard()
    try scratch.makeDirectory("cache-root/graveyard/6b00e87700000001/@01/tmpfs")
    try scratch.makeDirectory("cache-root/graveyard/bind")
    try scratch.write("cache-root/graveyard/file")
    let tmpfs = try Mount(["-t", "tmpfs", "tmpfs", "\(root)/6b00e87700000001/@01/tmpfs"])
    let bind = try Mount(["--bind", "\(scratch.path)/outside", "\(root)/bind"])
    let file = try Mount(["--bind", "\(scratch.path)/outside/secret/file", "\(root)/file"])
    try scratch.write("cache-root/graveyard/6b00e87700000001/@01/tmpfs/file")
    let before = try scratch.others()
    let dry = try scratch.sweep(threads: threads) { $0.isDryRun = true }
    #expect(dry.report.errors == 3)
    let result = try scratch.sweep(threads: threads)
    #expect(result.failures.allSatisfy { $0.error == .resourceBusy && $0.note?.contains("mounted") == true })
    #expect(
      result.failures.map { EscapedBytes.string($0.path) }.sorted()
        == ["6b00e87700000001/@01/tmpfs", "bind", "file"].map { "\(root)/\($0)" })
    #expect(scratch.graves == ["6b00e87700000001", "bind", "file"])
    #expect(result.report.leftEntries == 5)
    #expect(try scratch.others() == before)
    #expect(FileManager.default.fileExists(atPath: "\(root)/6b00e87700000001/@01/tmpfs/file"))
    tmpfs.unmount()
    bind.unmount()
    file.unmount()
  }

  @Test(
    "A directory of the same file system that is mounted in the graveyard is left where the kernel tells no mount points",
    .enabled(if: Mount.isPossible), arguments: [1, 8])
  func hiddenMounts(threads: Int) throws {
    try scratch.makeGraveyard()
    try scratch.makeDirectory("cache-root/graveyard/6b00e87700000001/@01/inner")
    try scratch.makeDirectory("cache-root/graveyard/bind")
    let inner = try Mount(["--bind", "\(scratch.path)/outside", "\(root)/6b00e87700000001/@01/inner"])
    let bind = try Mount(["--bind", "\(scratch.path)/outside", "\(root)/bind"])
    let before = try scratch.others()
    let result = try FaultPlan.hidingMountPoints.run { try scratch.sweep(threads: threads) }
    #expect(result.failures.allSatisfy { $0.error == .resourceBusy && $0.note?.contains("mounted") == true })
    #expect(scratch.graves == ["6b00e87700000001", "bind"])
    #expect(try scratch.others() == before)
    inner.unmount()
    bind.unmount()
  }

  @Test(
    "What flags protect is left and named, or goes when that is asked for", .enabled(if: isRoot, "needs root"),
    arguments: [1, 8])
  func flags(threads: Int) throws {
    defer { scratch.clearFlags() }
    try scratch.makeGraveyard()
    try scratch.write("cache-root/graveyard/append", [1])
    try scratch.write("cache-root/graveyard/dir/file", [1])
    let protected = ["append", "dir", "6b00e87700000001/@01/T1"]
    let flags: [InodeFlags] = [.appendOnly, .immutable, .immutable]
    for (name, flag) in zip(protected, flags) { try set(flag, "cache-root/graveyard/\(name)") }
    let before = try scratch.others()
    let result = try scratch.sweep(threads: threads)
    #expect(result.failures.allSatisfy { $0.error == .notPermitted && $0.note?.contains("immutable") == true })
    #expect(result.report.errors == 3)
    #expect(scratch.graves == ["6b00e87700000001", "append", "dir"])
    #expect(result.report.leftEntries == 6)
    let cleared = try scratch.sweep(threads: threads) { $0.clearsFlags = true }
    #expect(cleared.failures.isEmpty)
    #expect(scratch.graves.isEmpty)
    #expect(try scratch.others() == before)
  }

  @Test("A protected file that has another name keeps its flags there", .enabled(if: isRoot, "needs root"))
  func flagsOfLinks() throws {
    defer { Flags.clear(scratch.path("kept").string) }
    try scratch.makeGraveyard()
    try scratch.write("kept", [1, 2, 3])
    link(scratch.path("kept").string, scratch.path("cache-root/graveyard/other").string)
    try set(.immutable, "kept")
    let result = try scratch.sweep { $0.clearsFlags = true }
    #expect(result.failures.isEmpty && scratch.graves.isEmpty)
    #expect(try InodeFlags(rawValue: Flags.of(scratch.path("kept").string)).contains(.immutable))
  }

  private func set(_ flags: InodeFlags, _ name: String) throws {
    let path = scratch.path(name)
    let parent = try OwnedDescriptor(directory: path.removingLastComponent())
    let last = try #require(path.lastComponent.flatMap { EntryName(Array($0.string.utf8)) })
    let entry = try parent.open(last, .inspect)
    try entry.setInodeFlags(try entry.inodeFlags().union(flags))
  }

  @Test("A directory that is swapped at any moment, for a link or for another one, leads nowhere")
  func swaps() throws {
    for (number, target) in ["outside", "outside/secret", "cache-root/cache", "/"].enumerated() {
      for moment in stride(from: number % 2 + 1, through: 24, by: 2) {
        let scratch = ScratchDirectory()
        try scratch.makeGraveyard()
        let before = try scratch.others()
        let steps = Steps()
        let path = scratch.path
        _ = try scratch.sweep(threads: 1) { options in
          options.isCancelled = {
            guard steps.next() == moment else { return false }
            for name in ["6b00e87700000001/@00", "6b00e87700000001/@01", "6b00e87700000001", "x1x1x"] {
              let full = "\(path)/cache-root/graveyard/\(name)"
              rename(full, "\(path)/aside-\(name.replacingOccurrences(of: "/", with: "-"))")
              symlink(target == "/" ? target : "\(path)/\(target)", full)
            }
            return false
          }
        }
        #expect(try scratch.others() == before, "\(target) \(moment)")
        _ = try scratch.sweep(threads: 1)
        #expect(scratch.graves.isEmpty)
        #expect(try scratch.others() == before, "\(target) \(moment)")
      }
    }
  }

  @Test("Directories that flip between a directory and a link all the time never lead outside")
  func flipping() throws {
    try scratch.makeGraveyard()
    let (directory, link, aside) = ("\(root)/d", "\(root)/l", "\(scratch.path)/aside")
    let stop = Collector<Bool>()
    let outside = "\(scratch.path)/outside"
    let before = try scratch.others()
    let flipper = Thread {
      while stop.all.isEmpty {
        mkdir(directory, 0o700)
        mkdir("\(directory)/secret", 0o700)
        symlink(outside, link)
        rename(directory, aside)
        rename(link, directory)
        rename(directory, link)
        rename(aside, directory)
      }
    }
    flipper.start()
    for _ in 0..<200 { _ = try scratch.sweep(threads: 4) }
    stop.add(true)
    while flipper.isExecuting { usleep(1000) }
    #expect(try scratch.others() == before)
  }

  static let calls: [Syscall] = [
    .openat, .statx, .getdents64, .unlinkat, .rmdir, .fchmod, .dup, .lseek, .ioctl, .setFlags,
  ]

  @Test("When any single call fails the rest goes on, and nothing outside the graveyard goes", arguments: calls)
  func everyCallFails(call: Syscall) throws {
    let counting = ScratchDirectory()
    try counting.makeGraveyard()
    let count = try FaultPlan.count(call) { _ = try counting.sweep(threads: 1) }
    for ordinal in 1...max(1, count) {
      let error = [Errno.ioError, .permissionDenied, .noMemory][ordinal % 3]
      let scratch = ScratchDirectory()
      try scratch.makeGraveyard()
      let (before, entries) = (try scratch.others(), scratch.measureGraveyard().entries)
      let plan = FaultPlan(failing: call, ordinal: ordinal, with: error)
      let result = try? plan.run { try scratch.sweep(threads: 1) }
      let left = scratch.measureGraveyard().entries
      if let result {
        #expect(left == 0 || result.report.errors > 0, "\(call) \(ordinal) \(error)")
        #expect(result.report.removedEntries + left == entries, "\(call) \(ordinal) \(error)")
        #expect(result.report.leftEntries == left, "\(call) \(ordinal) \(error)")
      }
      let rest = try scratch.sweep(threads: 1)
      #expect(rest.failures.isEmpty)
      #expect(scratch.graves.isEmpty)
      #expect(try scratch.others() == before, "\(call) \(ordinal) \(error)")
    }
  }

  @Test("When all calls of a kind fail, a sweep by several threads ends and says so", arguments: calls)
  func allFail(call: Syscall) throws {
    try scratch.makeGraveyard()
    let before = try scratch.others()
    let plan = FaultPlan(failing: call, ordinal: 0, with: .ioError)
    let result = try? plan.run { try scratch.sweep(threads: 8) }
    if plan.failed > 0, let result { #expect(result.report.errors > 0 || scratch.graves.isEmpty) }
    _ = try scratch.sweep()
    #expect(scratch.graves.isEmpty)
    #expect(try scratch.others() == before)
  }

  @Test("After a cut before any change the next sweep finishes")
  func cutAnywhere() throws {
    let counting = ScratchDirectory()
    try counting.makeGraveyard()
    let plan = FaultPlan(cutBeforeChange: .max)
    _ = try plan.run { try counting.sweep(threads: 1) }
    #expect(plan.watched > 15)
    for ordinal in 1...plan.watched {
      let scratch = ScratchDirectory()
      try scratch.makeGraveyard()
      let before = try scratch.others()
      _ = try? FaultPlan(cutBeforeChange: ordinal).run { try scratch.sweep(threads: 1) }
      _ = try scratch.sweep()
      #expect(scratch.graves.isEmpty)
      #expect(try scratch.others() == before)
    }
  }
}
