// SPDX-License-Identifier: Apache-2.0
import CachefilesCheck
import CachefilesFormat
import CachefilesStore
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// Whole volumes are judged and buried on what was seen of all of them, never on a part.
@Suite("Volumes that could not all be looked at")
struct IncompleteVolumeTests {
  let scratch = ScratchDirectory()
  private let volume = "cifs,10.0.0.1:445,share"
  private var directory: String { "\(scratch.path)/cache-root/cache/I\(volume)" }

  /// A volume that would be buried (its reserved bytes are not zero), with one dirty object.
  private func makeVolume() throws -> String {
    try scratch.makeCache(volume: volume, objects: 3)
    try scratch.tidyModes("cache-root")
    setAttribute(directory, [1] + [UInt8](repeating: 0, count: 23))
    let object = try #require(NaiveWalk.entries(directory).first { $0.isRegular })
    let path = "\(directory)/\(String(decoding: object.path, as: UTF8.self))"
    var value = try #require(NaiveWalk.attribute(Array(path.utf8)))
    value[17] = 4
    setAttribute(path, value)
    return path
  }

  @Test(
    "whatever call fails, a volume with a dirty object stays",
    arguments: [Syscall.getdents64, .openat, .statx, .getxattr, .getxattrat])
  func failures(call: Syscall) throws {
    _ = try makeVolume()
    let before = try scratch.snapshot()
    func run(_ journal: String) throws -> CheckResult {
      try scratch.check("cache-root", .safe, journal: journal) { options in
        options.isThorough = false
        options.threads = 1
        options.policy.only = [.v07]
      }
    }
    let count = try FaultPlan.count(call) { _ = try run("counting") }
    for ordinal in 1...max(1, count) {
      let plan = FaultPlan(failing: call, ordinal: ordinal, with: .ioError)
      let result = try? plan.run { try run("journal-\(ordinal)") }
      #expect(result?.findings.contains { $0.isRepaired } != true, "\(call) \(ordinal): \(result?.essence ?? [])")
      #expect(try scratch.snapshot() == before, "\(call) \(ordinal)")
    }
  }

  @Test("a volume without dirty objects stays, too, where a part of it cannot be listed, and says why")
  func unlistedFanout() throws {
    try scratch.makeCache(volume: volume, objects: 3)
    try scratch.tidyModes("cache-root")
    setAttribute(directory, [1] + [UInt8](repeating: 0, count: 23))
    var kept = 0
    func run(_ journal: String) throws -> CheckResult {
      try scratch.check("cache-root", .safe, journal: journal) { options in
        options.isThorough = false
        options.threads = 1
      }
    }
    let count = try FaultPlan.count(.getdents64) { _ = try scratch.check { $0.threads = 1 } }
    for ordinal in 1...count {
      let plan = FaultPlan(failing: .getdents64, ordinal: ordinal, with: .ioError)
      let result = try plan.run { try run("journal-\(ordinal)") }
      guard result.failures.contains(where: { $0.operation == "list" && $0.path.count > directory.utf8.count }) else {
        if result.findings.contains(where: \.isRepaired) { _ = try scratch.undo("journal-\(ordinal)") }
        continue
      }
      kept += 1
      let finding = try #require(result.findings.first { $0.id == .v07 })
      #expect(!finding.isRepaired && finding.repair == nil)
      #expect(finding.line.contains("not all of it could be looked at"))
      #expect(result.counts[.v08] == nil && result.counts[.f01] == nil, "nothing is missing for sure")
    }
    #expect(kept > 0)
  }

  @Test("a volume of which a part is hidden by a mount stays", .enabled(if: Mount.isPossible, "needs mounts"))
  func hiddenFanout() throws {
    let object = try makeVolume()
    let fanout = String(object.prefix(upTo: object.lastIndex(of: "/") ?? object.endIndex))
    try scratch.makeDirectory("elsewhere")
    let mount = try Mount(["--bind", "\(scratch.path)/elsewhere", fanout])
    let result = try scratch.check("cache-root", .allAndDirty)
    #expect(result.counts[.r06] == 1)
    #expect(result.findings.contains { $0.id == .v07 && !$0.isRepaired && $0.repair == nil })
    #expect(FileManager.default.fileExists(atPath: directory))
    mount.unmount()
  }

  @Test(
    "what a mount hides has not been looked at, whatever was looked for",
    .enabled(if: Mount.isPossible, "needs mounts"),
    arguments: [false, true])
  func hiddenFromOnly(isFile: Bool) throws {
    let object = try makeVolume()
    let fanout = String(object.prefix(upTo: object.lastIndex(of: "/") ?? object.endIndex))
    let elsewhere = try scratch.write("elsewhere/file")
    let target = isFile ? object : fanout
    let mount = try Mount(["--bind", isFile ? elsewhere : "\(scratch.path)/elsewhere", target])
    let hidden = try scratch.check { $0.policy.only = [.o06] }
    #expect(hidden.failures.map(\.path) == [Array(target.utf8)])
    #expect(hidden.report.exit == CheckReport.ExitBits.operational)
    let shown = try scratch.check { $0.policy.only = [.o06, .r06] }
    #expect(shown.failures.isEmpty)
    #expect(shown.report.exit == CheckReport.ExitBits.left)
    mount.unmount()
  }

  @Test("a volume is not called superseded on a part of its access times")
  func superseded() throws {
    try scratch.makeDamaged([.v11])
    let sound = try scratch.check { $0.threads = 1 }
    let left = try #require(sound.findings.first { $0.id == .v11 }).path
    let count = try FaultPlan.count(.getdents64) { _ = try scratch.check { $0.threads = 1 } }
    var failed = 0
    for ordinal in 1...count {
      let plan = FaultPlan(failing: .getdents64, ordinal: ordinal, with: .ioError)
      let result = try plan.run { try scratch.check { $0.threads = 1 } }
      guard result.failures.contains(where: { $0.path.isAtOrBelow(left) }) else { continue }
      failed += 1
      #expect(result.counts[.v11] == nil, "listing \(ordinal)")
    }
    #expect(failed > 0)
  }
}
