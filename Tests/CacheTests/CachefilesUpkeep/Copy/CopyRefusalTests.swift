// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesStore
@testable import CachefilesUpkeep

/// Copies that must not begin, or not go on.
@Suite("Copies that are refused")
struct CopyRefusalTests {
  let scratch = ScratchDirectory()

  init() throws { try scratch.makeCache(objects: 200) }

  private func refusal(to name: String = "copy", _ plan: FaultPlan? = nil) -> CopyRefusal? {
    do {
      if let plan {
        _ = try plan.run { try scratch.copy(to: name) }
      } else {
        _ = try scratch.copy(to: name)
      }
      return nil
    } catch {
      return error as? CopyRefusal
    }
  }

  private func inUse(_ name: String, _ reason: String = "the cache is in use by a kernel") -> CopyRefusal {
    .inUse(path: scratch.path(name).bytes, reason: reason)
  }

  @Test("neither side may be live")
  func live() throws {
    let busy = { FaultPlan(failing: .rmdir, ordinal: $0, with: .resourceBusy) }
    #expect(refusal(busy(1)) == inUse("cache-root"))
    #expect(scratch.names == ["cache-root"])
    _ = try scratch.copy()
    let before = scratch.portrait("copy")
    #expect(refusal(busy(1)) == inUse("cache-root"))
    #expect(refusal(busy(2)) == inUse("copy"))
    #expect(scratch.portrait("copy") == before)
    #expect(scratch.parts() == ["cache", "graveyard"])
    // The locks are given back.
    #expect(refusal() == nil)
  }

  @Test("a side that comes up in the middle ends the copy after at most 64 objects more", arguments: [2, 3])
  func comesUp(ordinal: Int) throws {
    let plan = FaultPlan(failing: .rmdir, ordinal: ordinal, with: .resourceBusy)
    let result = try plan.run { try scratch.copy { $0.threads = 1 } }
    let reason = "stopped: the cache is in use by a kernel"
    #expect(result.report.stopped == inUse(ordinal == 2 ? "cache-root" : "copy", reason))
    // It is looked at after each 64th object, and on a busy machine after a while.
    let copied = result.report.copiedObjects
    #expect((1...64).contains(copied))
    #expect(scratch.parts() == ["cache", "graveyard"])
    #expect(try scratch.copy().report.copiedObjects == 200 - copied)
    #expect(scratch.portrait("copy") == scratch.portrait("cache-root"))
  }

  @Test("an empty destination is asked by what is put into its graveyard")
  func emptyDestination() throws {
    for name in ["cache", "graveyard"] { try scratch.makeDirectory("empty/\(name)") }
    try scratch.write("caches", Array("CACHE\n=====\n00000001 1 0 1 0 A elsewhere\n".utf8))
    let sources = LivenessSources(kernel: KernelRelease(6, 12), caches: scratch.path("caches"))
    let plan = FaultPlan(failing: .rmdir, ordinal: 2, with: .resourceBusy)
    #expect(throws: inUse("empty")) {
      try plan.run { _ = try scratch.copy(to: "empty") { $0.liveness = sources } }
    }
    #expect(scratch.parts("empty") == ["cache", "graveyard"])
    let result = try scratch.copy(to: "empty") { $0.liveness = sources }
    #expect(result.report.copiedObjects == 200)
  }

  @Test("neither side may be locked by another program", arguments: ["cache-root", "copy"])
  func locked(name: String) throws {
    _ = try scratch.copy()
    let descriptor = open("\(scratch.path)/\(name)", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    #expect(refusal() == inUse(name, "another program of this package is at work on it"))
    #expect(scratch.parts() == ["cache", "graveyard"])
    // A process that another test starts at this moment may have the descriptor too: closing it here would not unlock it.
    #expect(flock(descriptor, LOCK_UN) == 0)
    close(descriptor)
    #expect(refusal() == nil)
  }

  @Test("the two may not be the same or one inside the other, whatever they are called")
  func places() throws {
    symlink("cache-root", "\(scratch.path)/link")
    try scratch.makeDirectory("cache-root/inner")
    for (name, words) in [
      ("cache-root", "it is the source itself"), ("link", "it is the source itself"),
      ("cache-root/inner/..", "it is the source itself"), ("cache-root/new", "it lies inside the source"),
      ("cache-root/cache", "it lies inside the source"), ("link/inner", "it lies inside the source"),
      (".", "the source lies inside it"),
    ] {
      #expect(refusal(to: name) == .unusable(path: scratch.path(name).bytes, reason: words))
    }
    #expect(scratch.names == ["cache-root", "link"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/cache-root/inner").isEmpty)
  }

  @Test("a destination that is something else is not touched")
  func otherDestinations() throws {
    try scratch.write("used/file")
    try scratch.write("file")
    try scratch.write("odd/cache")
    #expect(
      refusal(to: "used")
        == .unusable(
          path: scratch.path("used").bytes, reason: "neither empty nor a cache directory: it has no 'cache' directory"))
    for name in ["file", "odd", "no/where"] { #expect(refusal(to: name) != nil, "\(name)") }
    #expect(scratch.names == ["cache-root", "file", "odd", "used"])
    #expect(scratch.parts("odd") == ["cache"])
    #expect(scratch.parts("used") == ["file"])
  }

  @Test("a source that is no cache is refused before the destination is made")
  func noSource() throws {
    try scratch.makeDirectory("nothing")
    for name in ["nothing", "missing"] {
      #expect(throws: CopyRefusal.self) { _ = try scratch.copy(name) }
    }
    #expect(scratch.names == ["cache-root", "nothing"])
  }

  @Test("a signal ends it between two objects, and the next run goes on")
  func interrupted() throws {
    let asked = Collector<Bool>()
    let result = try scratch.copy { options in
      options.threads = 1
      options.isCancelled = {
        asked.add(true)
        return asked.all.count > 500
      }
    }
    #expect(result.report.isInterrupted && !result.report.isComplete)
    #expect((1..<200).contains(result.report.copiedObjects))
    #expect(scratch.objects("copy").count == result.report.copiedObjects)
    #expect(scratch.parts() == ["cache", "graveyard"])
    #expect(try scratch.copy().report.copiedObjects == 200 - result.report.copiedObjects)
    #expect(scratch.portrait("copy") == scratch.portrait("cache-root"))
  }
}
