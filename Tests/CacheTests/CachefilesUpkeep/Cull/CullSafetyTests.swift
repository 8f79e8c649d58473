// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesSurvey
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesStore
@testable import CachefilesUpkeep

/// A cull that meets with a live cache, another program, failing calls and changing trees.
@Suite("Safety of culling")
struct CullSafetyTests {
  let scratch = ScratchDirectory()
  private let volume = "cache-root/cache/I9p,p9src,hosttag"

  private func full(_ name: String) -> String { "\(scratch.path)/\(name)" }
  private func count() -> Int {
    NaiveWalk.entries(full("cache-root/cache")).filter { $0.isRegular }.count
  }

  private func cull(_ plan: FaultPlan? = nil, _ change: (inout CullOptions) -> Void = { _ in }) throws
    -> (report: Cull.Report, failures: [StoreError])
  {
    let failures = Collector<StoreError>()
    var options = CullOptions()
    options.threads = 1
    options.goal.maximumObjects = 0
    options.onFailure = { failures.add($0) }
    change(&options)
    let prepared = Cull(try Store(path: scratch.path("cache-root")), options)
    let report = plan.map { $0.run { prepared.run() } } ?? prepared.run()
    return (report, failures.all)
  }

  @Test("a live cache is left alone")
  func live() throws {
    try scratch.makeCache(objects: 5)
    let result = try cull(FaultPlan(failing: .rmdir, ordinal: 0, with: .resourceBusy))
    #expect(result.report.refusal?.description == "the cache is in use by a kernel")
    #expect(result.report.done.isNothing)
    #expect(count() == 5)
  }

  @Test("a cache that comes up meanwhile stops the cull within 100 entries")
  func comesUp() throws {
    try scratch.makeCache(objects: 300)
    // The first answer is for the lock; the second comes after 64 victims.
    let result = try cull(FaultPlan(failing: .rmdir, ordinal: 2, with: .resourceBusy))
    #expect(result.report.refusal?.description == "stopped: the cache is in use by a kernel")
    #expect((1...100).contains(result.report.done.objects))
    #expect(count() == 300 - result.report.done.objects)
    #expect(!result.report.isGoalMet)
  }

  @Test("a slow cull of a cache that comes up meanwhile stops within a second")
  func comesUpSlowly() throws {
    try scratch.makeCache(objects: 8)
    // The first answer is for the lock, the second comes when a second has passed.
    let result = try cull(FaultPlan(failing: .rmdir, ordinal: 2, with: .resourceBusy)) { $0.rate = 2 }
    #expect(result.report.refusal?.description == "stopped: the cache is in use by a kernel")
    #expect((2...3).contains(result.report.done.objects))
    #expect(count() == 8 - result.report.done.objects)
  }

  @Test("a cache that comes up while a cull waits for its turn keeps the object whose turn it is")
  func comesUpInAPause() throws {
    try scratch.makeCache(objects: 8)
    let victims = Collector<Bool>()
    // Between two victims lies more than a second, so that each has its own question.
    let result = try cull(FaultPlan(failing: .rmdir, ordinal: 2, with: .resourceBusy)) { options in
      options.rate = 1
      options.onVictim = { _ in
        victims.add(true)
        Pause.microseconds(1_100_000)
      }
    }
    #expect(result.report.done.objects == 1)
    #expect(victims.all.count == 1)
  }

  @Test("two programs do not cull at the same time")
  func locked() throws {
    try scratch.makeCache(objects: 3)
    let store = try Store(path: scratch.path("cache-root"))
    func whileHeld(_ cache: borrowing ExclusiveCache) throws { #expect(try cull().report.refusal == .locked) }
    try whileHeld(try store.hold())
    #expect(try cull().report.done.objects == 3)
  }

  @Test("when any single call fails it is named, or nothing was lost by it, and what is reported is what happened")
  func everyCallFails() throws {
    for call in [Syscall.openat, .statx, .getdents64, .getxattr, .unlinkat, .fstatfs, .flock] {
      let counting = ScratchDirectory()
      try counting.makeCache(objects: 4)
      let counter = FaultPlan(failing: call, ordinal: .max, with: .ioError)
      var options = CullOptions()
      options.threads = 1
      options.goal.maximumObjects = 1
      let counted = Cull(try Store(path: counting.path("cache-root")), options)
      _ = counter.run { counted.run() }
      for ordinal in 0..<counter.watched {
        for error in call == .unlinkat ? [Errno.ioError, .noSuchFileOrDirectory, .resourceBusy] : [.ioError] {
          let place = ScratchDirectory()
          try place.makeCache(objects: 4)
          let failures = Collector<StoreError>()
          options.onFailure = { failures.add($0) }
          let prepared = Cull(try Store(path: place.path("cache-root")), options)
          let report = FaultPlan(failing: call, ordinal: ordinal + 1, with: error).run { prepared.run() }
          let left = NaiveWalk.entries("\(place.path)/cache-root/cache").filter(\.isRegular).count
          let comment: Comment = "\(call) \(ordinal + 1) \(error): \(report)"
          #expect(left == 4 - report.done.objects, comment)
          #expect(left >= 1, comment)
          #expect(report.isGoalMet || report.errors + report.skipped > 0 || report.refusal != nil, comment)
          #expect(report.errors == failures.all.count, comment)
        }
      }
    }
  }

  @Test("an object that was used or written since it was counted stays")
  func changed() throws {
    try scratch.makeCache(objects: 10)
    let first = try #require(NaiveWalk.entries(full(volume)).first { $0.isRegular })
    let path = full("\(volume)/\(String(decoding: first.path, as: UTF8.self))")
    var status = FileStatus()
    status.mode = UInt16(first.mode)
    status.inode = first.inode
    status.size = UInt64(first.size)
    status.access = Timestamp(nanosecondsSince1970: first.accessTime)
    status.modification = Timestamp(nanosecondsSince1970: first.modificationTime)
    status.device = try Store(path: scratch.path("cache-root")).rootStatus.device
    let parent = try OwnedDescriptor(directory: FilePath(path).removingLastComponent())
    let name = try #require(EntryName(first.components[1]))
    for change in [
      { (seen: inout FileStatus) in seen.inode += 1 }, { $0.size += 1 }, { $0.access = $0.access - .nanoseconds(1) },
      { $0.modification = $0.modification - .nanoseconds(1) },
    ] {
      var seen = status
      change(&seen)
      #expect(throws: Errno.staleNFSFileHandle) { try TreeRemover.remove(name, SeenFile(seen), in: parent) }
    }
    #expect(FileManager.default.fileExists(atPath: path))
    try TreeRemover.remove(name, SeenFile(status), in: parent)
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("a fanout that is swapped for a link before the removal leads nowhere", arguments: [1, 1 << 17])
  func swappedFanout(limit: Int) throws {
    try scratch.makeCache(objects: 30)
    try scratch.makeDirectory("outside")
    for entry in NaiveWalk.entries(full(volume)) where entry.isRegular {
      try scratch.write("outside/\(String(decoding: entry.components[1], as: UTF8.self))", [1])
    }
    let before = try FileManager.default.contentsOfDirectory(atPath: full("outside")).count
    let result = try cull(nil) { options in
      options.batchLimit = limit
      options.onPlan = { _ in
        for entry in NaiveWalk.entries(full(volume)) where entry.isDirectory && !entry.path.isEmpty {
          let fanout = full("\(volume)/\(String(decoding: entry.path, as: UTF8.self))")
          rename(fanout, fanout.replacingOccurrences(of: "@", with: "moved"))
          symlink(full("outside"), fanout)
        }
      }
    }
    #expect(result.report.done.isNothing)
    #expect(try FileManager.default.contentsOfDirectory(atPath: full("outside")).count == before)
  }

  @Test("a cull that is told to stop says what it did")
  func interrupted() throws {
    try scratch.makeCache(objects: 50)
    let victims = Collector<Bool>()
    let result = try cull(nil) { options in
      options.onVictim = { _ in victims.add(true) }
      options.isCancelled = { victims.all.count >= 7 }
    }
    #expect(result.report.isInterrupted)
    #expect((7..<7 + OrderedRemoval.mostThreads).contains(result.report.done.objects))
    #expect(count() == 50 - result.report.done.objects)
    #expect(!result.report.isGoalMet)
  }
}
