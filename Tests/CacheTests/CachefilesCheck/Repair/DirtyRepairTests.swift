// SPDX-License-Identifier: Apache-2.0
import CachefilesCheck
import CachefilesFormat
import CachefilesStore
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// What may hold writes that the server never got is mended with `--include-dirty` alone, whatever else is wrong with it.
@Suite("Dirty objects with other problems")
struct DirtyRepairTests {
  /// Problems of objects that have a content byte, and whose repair is not for the content byte itself.
  static let ids: [ProblemID] =
    [.o01, .o02, .o03, .o07, .o09, .o14, .o16, .o17, .o18, .o20, .o21, .o22]

  /// Problems whose repair touches neither data nor attribute.
  static let harmless: [ProblemID] = [.o24] + (isRoot ? [.o19] : [])

  /// Damages a cache and marks what was damaged as dirty. The paths of the marked objects.
  private func makeDirty(_ id: ProblemID, _ scratch: ScratchDirectory, length: Int? = nil) throws -> [String] {
    try scratch.makeDamaged([id])
    let paths = try scratch.check().findings.filter { $0.id == id }.map { String(decoding: $0.path, as: UTF8.self) }
    for path in paths {
      let old = NaiveWalk.attribute(Array(path.utf8)) ?? []
      var value = old + [UInt8](repeating: 0, count: max(0, (length ?? 0) - old.count))
      value[17] = 4
      let flags = try Flags.of(path)
      Flags.clear(path)
      setAttribute(path, value)
      if flags & InodeFlags.immutable.rawValue != 0 { Flags.set(path, .immutable) }
      if flags & InodeFlags.appendOnly.rawValue != 0 { Flags.set(path, .appendOnly) }
    }
    return paths
  }

  @Test(
    "neither -p nor -y mends it; the finding stays and says why; --include-dirty does",
    .enabled(if: isRoot, "needs root: what others make is not root's"), arguments: ids)
  func staysWithoutConsent(id: ProblemID) throws {
    let scratch = ScratchDirectory()
    defer { scratch.clearFlags() }
    let paths = try makeDirty(id, scratch)
    #expect(!paths.isEmpty)
    let before = try scratch.snapshot()
    for consent in [CheckPolicy.Consent.safe, .all] {
      let result = try scratch.check("cache-root", consent)
      let found = result.findings.filter { $0.id == id }
      #expect(found.count == paths.count)
      #expect(found.allSatisfy { !$0.isRepaired && $0.repair == nil && $0.line.contains("--include-dirty") })
      #expect(result.report.exit == CheckReport.ExitBits.left, "\(result.essence)")
      #expect(try scratch.snapshot() == before)
    }
    let asked = try scratch.check("cache-root", .allAndDirty)
    let mended = asked.findings.filter { $0.id == id }
    #expect(mended.count == paths.count)
    #expect(mended.allSatisfy { $0.isRepaired && !$0.line.contains("--include-dirty") })
  }

  @Test("what touches neither its place nor what it holds is mended", arguments: harmless)
  func harmlessRepairs(id: ProblemID) throws {
    let scratch = ScratchDirectory()
    defer { scratch.clearFlags() }
    let paths = try makeDirty(id, scratch)
    let before = paths.map { NaiveWalk.contentSum($0) }
    let consent: CheckPolicy.Consent = id == .o19 ? .safe : .all
    let result = try scratch.check("cache-root", consent)
    let found = result.findings.filter { $0.id == id }
    #expect(found.count == paths.count && found.allSatisfy(\.isRepaired))
    #expect(paths.map { NaiveWalk.contentSum($0) } == before)
    #expect(try scratch.check().counts[id] == nil)
    #expect(try scratch.undo().lost.isEmpty)
  }

  @Test("an attribute that is too long to be read with the others is read to its content byte all the same")
  func longAttribute() throws {
    let scratch = ScratchDirectory()
    _ = try makeDirty(.o07, scratch, length: 3000)
    let before = try scratch.snapshot()
    let result = try scratch.check("cache-root", .all)
    #expect(result.counts[.o07] == 1)
    #expect(try scratch.snapshot() == before)
  }

  @Test("where the attribute cannot be read, nothing else of the object is mended either")
  func unreadableAttribute() throws {
    let scratch = ScratchDirectory()
    try scratch.makeDamaged([.o01])
    let before = try scratch.snapshot()
    // Which of the two calls reads the attributes of objects depends on the kernel.
    var tried = 0
    for call in [Syscall.getxattrat, .getxattr] {
      let plan = FaultPlan(failing: call, ordinal: 0, with: .ioError)
      let result = try plan.run {
        try scratch.check("cache-root", .all, journal: "\(call)") { options in
          options.isThorough = false
          options.policy.only = [.o01]
        }
      }
      guard
        result.failures.contains(where: {
          $0.operation == "read the cache attribute" && $0.path.count { $0 == UInt8(ascii: "@") } > 0
        })
      else { continue }
      tried += 1
      #expect(result.findings.contains { $0.id == .o01 && !$0.isRepaired && $0.line.contains("may be dirty") })
      #expect(try scratch.snapshot() == before)
    }
    #expect(tried > 0)
  }
}
