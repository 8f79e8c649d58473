// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesCheck
@testable import CachefilesStore
@testable import LinuxIO

/// Problems of the file system that a cache is on: what an ordinary directory cannot show.
@Suite("Problems of the file system", .enabled(if: Mount.isPossible, "needs mounts"))
struct FileSystemCheckTests {
  let scratch = ScratchDirectory()

  /// Makes a cache in a directory where something is mounted.
  private func makeCache(in place: String) throws {
    for name in ["cache", "graveyard"] {
      try scratch.makeDirectory("\(place)/\(name)")
      chmod("\(scratch.path)/\(place)/\(name)", 0o700)
    }
  }

  @Test("a file system without user attributes cannot hold a cache")
  func noAttributes() throws {
    try scratch.makeDirectory("cache-root")
    let mount = try Mount(["-t", "ramfs", "ramfs", "\(scratch.path)/cache-root"])
    try makeCache(in: "cache-root")
    let result = try scratch.check()
    #expect(result.problems == [.r05])
    #expect(result.findings.first { $0.id == .r05 }?.message.contains("set a user attribute") == true)
    // The attribute of `cache` itself could not be read.
    #expect(result.report.exit == CheckReport.ExitBits.left | CheckReport.ExitBits.operational)
    mount.unmount()
  }

  @Test("a file system that is mounted read-only cannot hold a cache, and a repair of it is refused with one line")
  func readOnly() throws {
    try scratch.makeDamaged([.o06, .v04])
    try scratch.makeDirectory("mounted")
    let mount = try Mount(["--bind", "\(scratch.path)/cache-root", "\(scratch.path)/mounted"])
    _ = try Command.run("/usr/bin/mount", ["-o", "remount,bind,ro", "\(scratch.path)/mounted"])
    let result = try scratch.check("mounted")
    #expect(result.problems == [.r05, .o06, .v04])
    let before = try scratch.snapshot("mounted")
    let repair = try scratch.check("mounted", .safe)
    #expect(repair.failures.isEmpty)
    #expect(repair.report.refusal == .readOnly)
    #expect(repair.report.exit == CheckReport.ExitBits.operational)
    #expect(try scratch.snapshot("mounted") == before)
    mount.unmount()
  }

  @Test(
    "something mounted inside the cache is a finding, is not entered and not repaired",
    arguments: [
      "cache/I9p,p9src,hosttag", "cache/I9p,sample,damage", "graveyard", "cache",
    ])
  func mounted(place: String) throws {
    try scratch.makeDamaged([.o06, .g01])
    let mount = try Mount(["-t", "tmpfs", "tmpfs", "\(scratch.path)/cache-root/\(place)"])
    try scratch.write("cache-root/\(place)/stray")
    let result = try scratch.check()
    #expect(result.counts[.r06] == 1)
    #expect(result.failures.isEmpty)
    #expect(!result.findings.contains { $0.path.starts(with: scratch.path("cache-root/\(place)/").bytes + [0x2f]) })
    let repair = try scratch.check("cache-root", .allAndDirty)
    #expect(repair.findings.allSatisfy { $0.id != .r06 || !$0.isRepaired })
    #expect(FileManager.default.fileExists(atPath: "\(scratch.path)/cache-root/\(place)/stray"))
    mount.unmount()
  }

  @Test("something mounted in the graveyard keeps cachefilesd from coming up, and is for the administrator")
  func mountedInGraveyard() throws {
    try scratch.makeDamaged([.g01])
    let mount = try Mount(["-t", "tmpfs", "tmpfs", "\(scratch.path)/cache-root/graveyard/67a5b3c100000001/@00"])
    let result = try scratch.check("cache-root", .allAndDirty)
    #expect(result.problems == [.g03])
    #expect(result.findings.first { $0.id == .g03 }?.repair == nil)
    #expect(result.report.exit == CheckReport.ExitBits.left)
    mount.unmount()
  }

  @Test("a file mounted over an object is a finding, and the object stays")
  func mountedFile() throws {
    try scratch.makeDamaged([.o06])
    let volume = "\(scratch.path)/cache-root/cache/I9p,sample,damage"
    let object = try #require(NaiveWalk.entries(volume).first { $0.isRegular })
    let path = "\(volume)/\(String(decoding: object.path, as: UTF8.self))"
    let other = try scratch.write("other", [1, 2, 3])
    let mount = try Mount(["--bind", other, path])
    let result = try scratch.check("cache-root", .safe)
    #expect(result.counts[.r06] == 1)
    #expect(result.counts[.o06] == nil)
    #expect(FileManager.default.fileExists(atPath: path))
    mount.unmount()
  }

  @Test(
    "directories that fold the case of names are an error",
    .enabled(if: Mount.canFoldCase, "a kernel without such file systems cannot have the problem either"))
  func casefold() throws {
    let image = try scratch.write("image")
    _ = try Command.run("/usr/bin/truncate", ["-s", "16M", image])
    _ = try Command.run("/sbin/mkfs.ext4", ["-q", "-O", "casefold", image])
    try scratch.makeDirectory("cache-root")
    let mount = try Mount(["-o", "loop", image, "\(scratch.path)/cache-root"])
    try makeCache(in: "cache-root")
    _ = try Command.run("/usr/bin/chattr", ["+F", "\(scratch.path)/cache-root/cache"])
    try scratch.makeDirectory("cache-root/cache/I9p,a,b/@00")
    setAttribute("\(scratch.path)/cache-root/cache/I9p,a,b", VolumeRecord().bytes)
    let result = try scratch.check()
    // The flag is inherited: the volume and its fanout have it too.
    #expect(result.counts[.r07] == 3)
    #expect(result.problems == [.r07])
    mount.unmount()
  }

  @Test("noatime is noted; nodiratime, which is about directories, is not", arguments: ["noatime", "nodiratime"])
  func accessTimes(option: String) throws {
    try scratch.makeDirectory("cache-root")
    let mount = try Mount(["-t", "tmpfs", "-o", option, "tmpfs", "\(scratch.path)/cache-root"])
    try makeCache(in: "cache-root")
    let result = try scratch.check()
    let expected = option == "noatime" ? "it is mounted with noatime" : nil
    #expect(result.findings.first { $0.id == .r08 }?.message == expected)
    #expect(result.report.exit == 0)
    mount.unmount()
  }

  @Test("where access times are not kept, no volume is said to be left behind")
  func leftBehind() throws {
    try scratch.makeDirectory("cache-root")
    let mount = try Mount(["-t", "tmpfs", "-o", "noatime", "tmpfs", "\(scratch.path)/cache-root"])
    try scratch.makeDamaged([.v11])
    let blind = try scratch.check().counts
    #expect(blind[.r08] == 1 && blind[.v11] == nil)
    _ = try Command.run("/usr/bin/mount", ["-o", "remount,strictatime", "\(scratch.path)/cache-root"])
    let seeing = try scratch.check().counts
    #expect(seeing[.r08] == nil && seeing[.v11] == 1)
    mount.unmount()
  }

  @Test("a full file system is checked as any other, and a repair there needs no space")
  func full() throws {
    try scratch.makeDirectory("cache-root")
    let mount = try Mount(["-t", "tmpfs", "-o", "size=4M", "tmpfs", "\(scratch.path)/cache-root"])
    try scratch.makeDamaged([.o06, .f02])
    _ = try Command.run(
      "/bin/sh", ["-c", "cat /dev/zero >\"$1\" 2>/dev/null", "sh", "\(scratch.path)/cache-root/fill"])
    let result = try scratch.check()
    #expect(result.failures.isEmpty)
    #expect(result.problems == [.o06, .f02])
    let repair = try scratch.check("cache-root", .safe)
    #expect(repair.report.exit == CheckReport.ExitBits.repaired)
    mount.unmount()
  }
}

/// What is judged of facts that no test machine can show.
@Suite("Judgements of the root")
struct RootJudgementTests {
  private func judge(_ change: (inout RootObservation) -> Void) -> [ProblemID] {
    var directory = FileStatus()
    directory.mode = 0o40700
    var observation = RootObservation()
    observation.cache = directory
    observation.graveyard = directory
    observation.liveness = .offline
    observation.trial = .passed
    observation.fileSystem = FileSystemStatus(
      magic: 0xef53, blockSize: 4096, blocks: 1, availableBlocks: 1, freeBlocks: 1, files: 1, freeFiles: 1, flags: 0)
    change(&observation)
    return observation.judge(hasLegacyTree: false, CheckContext(kernel: KernelRelease(6, 12), now: 0))
      .map(\.judgement.id)
  }

  @Test("a sound root has nothing to say")
  func sound() { #expect(judge { _ in }.isEmpty) }

  @Test("a file system that takes holes for data corrupts")
  func holes() { #expect(judge { $0.trial = .holesAreData } == [.o26]) }

  @Test("what no kernel binds is an error of the machine's own cache, a note of a copy, and nothing of a live one")
  func refused() {
    var observation = RootObservation()
    observation.trial = .passed
    func severities(_ magic: UInt64, _ kernel: KernelRelease, isOwn: Bool) -> [Severity] {
      observation.fileSystem = FileSystemStatus(
        magic: magic, blockSize: 4096, blocks: 1, availableBlocks: 1, freeBlocks: 1, files: 1, freeFiles: 1, flags: 0)
      var context = CheckContext(kernel: kernel, now: 0)
      context.isCacheOfThisMachine = isOwn
      return observation.judge(hasLegacyTree: false, context).filter { $0.judgement.id == .r05 }
        .map { $0.judgement.severity ?? ProblemKind.of(.r05).severity }
    }
    let (memory, ram, overlay): (UInt64, UInt64, UInt64) = (0x0102_1994, 0x8584_58f6, 0x794c_7630)
    for type in [memory, ram] {
      #expect(severities(type, KernelRelease(6, 12), isOwn: true) == [.error])
      #expect(severities(type, KernelRelease(6, 12), isOwn: false) == [.note])
    }
    #expect(severities(overlay, KernelRelease(6, 1), isOwn: true) == [.error])
    #expect(severities(overlay, KernelRelease(6, 1), isOwn: false) == [.note])
    #expect(severities(overlay, KernelRelease(6, 12), isOwn: true).isEmpty)
    #expect(severities(0xef53, KernelRelease(6, 12), isOwn: true).isEmpty)
    observation.liveness = .live
    #expect(severities(memory, KernelRelease(6, 12), isOwn: true).isEmpty)
  }

  @Test("blocks larger than a page cannot be bound")
  func blockSize() {
    #expect(judge { $0.fileSystem?.blockSize = 65536 } == [.r05])
    let largePages = judge {
      $0.fileSystem?.blockSize = 65536
      $0.pageSize = 65536
    }
    #expect(largePages.isEmpty)
  }

  @Test("a live cache is noted, one that the kernel has withdrawn is an error")
  func live() {
    #expect(judge { $0.liveness = .live } == [.l01])
    #expect(
      judge {
        $0.liveness = .live
        $0.cacheStates = [UInt8(ascii: "E")]
      } == [.l01, .l02])
    // Which of two caches it is cannot be told, which is said.
    for states in ["EA", "", "A"] {
      var seen = RootObservation()
      seen.liveness = .live
      seen.cacheStates = Array(states.utf8)
      #expect(seen.unseen.map(\.id) == (states == "A" ? [] : [.l02]))
    }
    #expect(
      judge {
        $0.liveness = .live
        $0.cacheStates = Array("EA".utf8)
      } == [.l01])
  }

  @Test("a file system that could not be tried is no file system that passed; a table that cannot be read is a failure")
  func untried() throws {
    let scratch = ScratchDirectory()
    try scratch.makeCache(objects: 1)
    let store = try Store(path: scratch.path("cache-root"))
    for error in [Errno.noSpace, .diskQuotaExceeded, .permissionDenied] {
      let plan = FaultPlan(failing: .openat, ordinal: 0, with: error)
      #expect(plan.run { FileSystemTrial.run(in: store.root).trial } == .notTried)
    }
    var seen = try RootObservation.observe(store, liveness: .offline)
    #expect(seen.unseen.isEmpty)
    seen.trial = .notTried
    #expect(seen.unseen.map(\.id) == [.r05, .o26])
    let table = FaultPlan(failing: .pread, ordinal: 0, with: .ioError)
    try scratch.write("caches", [1])
    // The rest is looked at all the same.
    let unread = try table.run { try RootObservation.observe(store, liveness: .live, caches: scratch.path("caches")) }
    #expect(unread.failures.map(\.error) == [.ioError] && unread.unseen.map(\.id) == [.l02])
    let none = try RootObservation.observe(store, liveness: .live, caches: scratch.path("none"))
    #expect(none.failures.isEmpty && none.unseen.map(\.id) == [.l02])
  }

  @Test("the states of caches are read from the kernel's table")
  func states() {
    let table = """
      CACHE    REF   VOLS  OBJS  ACCES S NAME
      ======== ===== ===== ===== ===== = ===============
      00000001     2     1   312     1 A default
      00000002     1     0     0     0 E other one

      """
    #expect(RootObservation.states(Array(table.utf8)) == Array("AE".utf8))
    #expect(RootObservation.states([]).isEmpty)
  }
}
