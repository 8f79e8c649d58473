// SPDX-License-Identifier: Apache-2.0
import CachefilesCheck
import CachefilesFormat
import CachefilesStore
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// What lies in a tree that is to be buried, and keeps it where it is.
@Suite("What is not buried", .enabled(if: isRoot, "needs root"))
struct BurialTests {
  let scratch = ScratchDirectory()

  /// A foreign directory in a volume, two levels deep, and its path below the cache's root.
  private func makeForeign() throws -> String {
    try scratch.makeDamaged([])
    let place = "cache/I9p,p9src,hosttag/README.d"
    try scratch.makeDirectory("cache-root/\(place)/x/y")
    try scratch.write("cache-root/\(place)/x/y/file", [1])
    try scratch.write("cache-root/\(place)/x/other", [1])
    return place
  }

  private func expectKept(_ place: String, _ result: CheckResult, _ id: ProblemID, _ words: String) throws {
    let finding = try #require(result.findings.first { $0.id == id })
    #expect(!finding.isRepaired && finding.repair == nil)
    #expect(finding.line.hasSuffix(words), "\(finding.line)")
    #expect(result.failures.isEmpty)
    #expect(result.report.exit == CheckReport.ExitBits.left)
    #expect(FileManager.default.fileExists(atPath: "\(scratch.path)/cache-root/\(place)"))
  }

  @Test("a tree with a flag in it stays: in the graveyard cachefilesd would end at it", arguments: [false, true])
  func flags(deletes: Bool) throws {
    let place = try makeForeign()
    for (flag, word) in [(InodeFlags.immutable, "immutable"), (.appendOnly, "append-only")] {
      for inner in ["x", "x/y/file"] {
        let file = "\(scratch.path)/cache-root/\(place)/\(inner)"
        Flags.set(file, flag)
        let before = try scratch.snapshot()
        let result = try scratch.check("cache-root", .all, journal: "j\(word)\(inner.count)") { $0.deletes = deletes }
        try expectKept(place, result, .v09, "it stays: \(place)/\(inner) is \(word)")
        #expect(try scratch.snapshot() == before)
        #expect(try scratch.check().counts[.g03] == nil)
        Flags.clear(file)
      }
    }
    let result = try scratch.check("cache-root", .safe) { $0.deletes = deletes }
    #expect(result.report.exit == CheckReport.ExitBits.repaired)
  }

  @Test("a directory in an object's place stays for the same reason")
  func objectDirectory() throws {
    try scratch.makeDamaged([])
    let place = "cache/I9p,p9src,hosttag/@00/Tdeadbeef"
    try scratch.makeDirectory("cache-root/\(place)")
    let file = try scratch.write("cache-root/\(place)/g", [1])
    chmod("\(scratch.path)/cache-root/cache/I9p,p9src,hosttag/@00", 0o700)
    Flags.set(file, .immutable)
    defer { Flags.clear(file) }
    try expectKept(place, try scratch.check("cache-root", .safe), .o04, "it stays: \(place)/g is immutable")
  }

  @Test("a volume is buried once the flags on its objects are cleared, which the same run does")
  func flagsThatAreCleared() throws {
    let volume = "cifs,10.0.0.1:445,share"
    try scratch.makeCache(volume: volume, objects: 2)
    try scratch.tidyModes("cache-root")
    let directory = "\(scratch.path)/cache-root/cache/I\(volume)"
    let object = try #require(NaiveWalk.entries(directory).first { $0.isRegular })
    let file = "\(directory)/\(String(decoding: object.path, as: UTF8.self))"
    Flags.set(file, .immutable)
    defer { scratch.clearFlags() }
    // With its flag left alone it keeps the volume.
    let kept = try scratch.check("cache-root", .safe, journal: "first") { $0.policy.only = [.v06] }
    #expect(kept.findings.contains { $0.id == .v06 && !$0.isRepaired && $0.line.contains("immutable") })
    let result = try scratch.check("cache-root", .safe)
    #expect(result.findings.contains { $0.id == .v06 && $0.isRepaired })
    #expect(result.findings.contains { $0.id == .o19 && $0.isRepaired })
    #expect(!FileManager.default.fileExists(atPath: directory))
    #expect(try scratch.check().counts[.g03] == nil)
  }

  @Test("a dirty object in a foreign directory keeps it, unless --include-dirty is given")
  func dirtyInside() throws {
    let place = try makeForeign()
    let file = "\(scratch.path)/cache-root/\(place)/x/y/file"
    var value = [UInt8](repeating: 0, count: 22)
    (value[16], value[17]) = (1, 4)
    setAttribute(file, value)
    try expectKept(
      place, try scratch.check("cache-root", .all), .v09,
      "it stays: \(place)/x/y/file is dirty, which needs --include-dirty")
    let result = try scratch.check("cache-root", .allAndDirty)
    #expect(result.findings.contains { $0.id == .v09 && $0.isRepaired })
  }

  @Test(
    "a tree in which something is mounted stays, with -p and with --delete",
    .enabled(if: Mount.isPossible, "needs mounts"),
    arguments: [false, true])
  func mounts(deletes: Bool) throws {
    let place = try makeForeign()
    let precious = try scratch.write("precious/data", [1, 2, 3])
    for inner in ["x/y", "x/other"] {
      let target = "\(scratch.path)/cache-root/\(place)/\(inner)"
      let isFile = inner.hasSuffix("other")
      let mount = try Mount(["--bind", isFile ? precious : "\(scratch.path)/precious", target])
      let result = try scratch.check("cache-root", .safe, journal: "j\(inner.count)") { $0.deletes = deletes }
      #expect(result.counts[.r06] == 1)
      try expectKept(place, result, .v09, "it stays: something is mounted on \(place)/\(inner)")
      mount.unmount()
    }
    #expect(FileManager.default.fileExists(atPath: precious))
  }

  @Test("what cannot be looked through is not buried", arguments: [Syscall.getdents64, .statx, .openat])
  func unreadable(call: Syscall) throws {
    let place = try makeForeign()
    func run(_ journal: String) throws -> CheckResult {
      try scratch.check("cache-root", .safe, journal: journal) { options in
        options.threads = 1
        options.policy.only = [.v09]
      }
    }
    let looks = try FaultPlan.count(call) { _ = try scratch.check { $0.threads = 1 } }
    let all = try FaultPlan.count(call) { _ = try run("counted") }
    _ = try scratch.undo("counted")
    #expect(all > looks)
    var kept = 0
    for ordinal in looks...all {
      let plan = FaultPlan(failing: call, ordinal: ordinal, with: .ioError)
      let result = try plan.run { try run("j\(ordinal)") }
      if result.findings.contains(where: { $0.id == .v09 && $0.isRepaired }) {
        _ = try scratch.undo("j\(ordinal)")
        continue
      }
      kept += 1
      #expect(result.report.exit & CheckReport.ExitBits.operational != 0, "\(call) \(ordinal)")
      #expect(FileManager.default.fileExists(atPath: "\(scratch.path)/cache-root/\(place)/x/y/file"))
    }
    #expect(kept > 2)
  }
}
