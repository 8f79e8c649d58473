// SPDX-License-Identifier: Apache-2.0
import CAttr
import CachefilesCheck
import CachefilesFormat
import Foundation
import LinuxIO
import StoreTestSupport
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesStore

/// Repairs of a cache in use: only what no kernel would use goes, and only with the kernel's leave.
@Suite("Repairing a cache in use", .enabled(if: TracingRights() == .possible))
struct LiveRepairTests {
  let scratch = ScratchDirectory()

  private func objects() -> [String] {
    NaiveWalk.entries("\(scratch.path)/cache-root/cache").filter(\.isRegular)
      .map { String(decoding: $0.path, as: UTF8.self) }.sorted()
  }

  private func repair(_ kernel: FakeKernel) throws -> (result: CheckResult, notes: Int) {
    let daemon = try FakeDaemon(scratch, kernel)
    defer { daemon.end() }
    let notes = Collector<Bool>()
    let result = try FakeDaemon.inUse {
      try scratch.check("cache-root", .safe) { options in
        options.isLive = true
        options.liveness = daemon.sources
        options.isThorough = false
        options.onLive = { notes.add(true) }
      }
    }
    return (result, notes.all.count)
  }

  /// Takes the attribute of some objects away, and lengthens that of another.
  private func poison() throws -> (missing: [String], longer: String, sound: [String]) {
    try scratch.makeCache(objects: 8)
    try scratch.tidyModes("cache-root")
    let all = objects()
    for path in all.prefix(2) { removexattr("\(scratch.path)/cache-root/cache/\(path)", "user.CacheFiles.cache") }
    setAttribute("\(scratch.path)/cache-root/cache/\(all[2])", [UInt8](repeating: 0, count: 100))
    return (Array(all.prefix(2)), all[2], Array(all.dropFirst(3)))
  }

  @Test("Poisoned objects go, all else stays, and it is said beforehand that there is no undo")
  func poisoned() throws {
    let (missing, longer, sound) = try poison()
    let kernel = FakeKernel()
    let (result, notes) = try repair(kernel)
    #expect(result.report.refusal == nil && result.failures == [])
    #expect(notes == 1)
    #expect(result.report.journal == nil)
    let repaired = Set(result.findings.filter(\.isRepaired).map { String(decoding: $0.path, as: UTF8.self) })
    #expect(repaired.isSuperset(of: missing.map { "\(scratch.path)/cache-root/cache/\($0)" }))
    #expect(result.counts[.o06] == 2)
    #expect(Set(objects()).isSuperset(of: sound))
    #expect(!objects().contains { missing.contains($0) })
    withExtendedLifetime(longer) {}
  }

  @Test("What the kernel uses stays, with the reason")
  func inUse() throws {
    let (missing, _, _) = try poison()
    let kernel = FakeKernel()
    kernel.busy.withLock { $0 = [Array((missing[0].split(separator: "/").last ?? "").utf8)] }
    let (result, _) = try repair(kernel)
    let kept = try #require(result.findings.first { $0.path.hasSuffix(missing[0]) && $0.id == .o06 })
    #expect(!kept.isRepaired && kept.decision == .withheld(.bury, .inUse))
    #expect(objects().contains(missing[0]) && !objects().contains(missing[1]))
    #expect(result.report.exit & CheckReport.ExitBits.left != 0)
  }

  @Test("When the daemon ends, the rest is left and the reason is told")
  func ended() throws {
    let (missing, _, _) = try poison()
    let (result, _) = try repair(FakeKernel(failure: (2, .ioError)))
    #expect(result.report.refusal == .stopped(.withdrawn))
    #expect(!result.findings.contains { $0.isRepaired })
    #expect(missing.allSatisfy { objects().contains($0) })
  }
}

extension [UInt8] {
  fileprivate func hasSuffix(_ text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
