// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Foundation
import LinuxIO
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesStore
@testable import CachefilesUpkeep

/// Finding what is not the same, and sources that do not stand still.
@Suite("Verified copies, and sources that change")
struct CopyVerifyTests {
  let scratch = ScratchDirectory()

  init() throws {
    try scratch.makeCache(objects: 3)
    ObjectFile.rewrite(scratch.objects()[0], size: 40960, runs: [[4096, 8192], [20480, 4096]])
  }

  private func verifyAgain() throws -> CopyResult { try scratch.copy { $0.verifies = true } }

  @Test("a byte that was flipped is found, though times and lengths are the same")
  func flippedByte() throws {
    _ = try scratch.copy()
    ObjectFile.overwrite(scratch.objects("copy")[0], at: 20481, [0xff])
    let result = try verifyAgain()
    #expect(result.report.verified == 2 && result.report.mismatched == 1)
    #expect(result.mismatches.count == 1)
    #expect(result.mismatches[0].hasSuffix(": its data, between byte 20480 and byte 24576"))
    #expect(!result.report.isComplete)
  }

  @Test("zeros in place of a hole are found")
  func addedRun() throws {
    _ = try scratch.copy()
    ObjectFile.overwrite(scratch.objects("copy")[0], at: 28672, [UInt8](repeating: 0, count: 4096))
    let result = try verifyAgain()
    #expect(result.report.verified == 2 && result.report.mismatched == 1)
    #expect(result.mismatches[0].hasSuffix(": its runs of data"))
    #expect(result.skipped == ["different: another object is there (its runs of data); it stays"])
  }

  @Test("another record, another length and a missing object are found")
  func others() throws {
    _ = try scratch.copy()
    let copies = scratch.objects("copy")
    setAttribute(copies[0], ObjectRecord(objectSize: 9, coherency: [1, 2, 3, 4]).bytes)
    truncate(copies[1], 8192)
    let result = try verifyAgain()
    #expect(
      result.mismatches.map { $0.split(separator: ": ").last }.sorted { "\($0 ?? "")" < "\($1 ?? "")" }
        == ["its length", "its record"])
    #expect(result.report.verified == 1)
  }

  @Test("no object is passed over when its directory goes at any moment before it is compared")
  func missingFanouts() throws {
    let volume = "\(scratch.path)/copy/cache/I9p,p9src,hosttag"
    /// Copies and compares by one thread; the fanouts of the copy go at the given question.
    func copy(cutAt limit: Int) throws -> (report: CopyReport, questions: Int) {
      let questions = Collector<Bool>()
      let result = try scratch.copy { options in
        options.threads = 1
        options.verifies = true
        options.isCancelled = {
          questions.add(true)
          if questions.all.count == limit {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: volume)) ?? [] {
              try? FileManager.default.removeItem(atPath: "\(volume)/\(name)")
            }
          }
          return false
        }
      }
      return (result.report, questions.all.count)
    }
    let whole = try copy(cutAt: .max)
    #expect(whole.report.verified == 3 && whole.report.isComplete)
    var missed = 0
    for limit in 1...whole.questions {
      try FileManager.default.removeItem(atPath: "\(scratch.path)/copy")
      let report = try copy(cutAt: limit).report
      #expect((report.verified ?? 0) + report.mismatched == 3, "at \(limit)")
      #expect(report.isComplete == (report.verified == 3), "at \(limit)")
      missed += report.mismatched
    }
    #expect(missed > 3)
  }

  @Test("what a power failure left without its data is copied again; what has other data stays")
  func partialObjects() throws {
    _ = try scratch.copy()
    let (source, copy) = (scratch.objects()[0], scratch.objects("copy")[0])
    let whole = scratch.portrait("copy")
    for runs in [[], [[4096, 8192]], [[4096, 4096], [20480, 4096]]] as [[[Int64]]] {
      ObjectFile.keep(copy, runs: runs)
      let result = try scratch.copy { $0.verifies = true }
      #expect(result.report.copiedObjects == 1 && result.report.verified == 3 && result.report.isComplete)
      #expect(NaiveWalk.extents(copy) == NaiveWalk.extents(source))
      #expect(scratch.portrait("copy") == whole)
    }
    // A part, but of something else.
    ObjectFile.rewrite(copy, size: 40960, runs: [[8192, 4096]], keepingTime: true)
    let part = scratch.portrait("copy")
    let refused = try scratch.copy()
    #expect(refused.report.errors == 1 && !refused.report.isComplete)
    #expect(scratch.portrait("copy") == part)
    ObjectFile.rewrite(copy, size: 40960, runs: [[0, 4096]], keepingTime: true)
    let other = scratch.portrait("copy")
    #expect(try scratch.copy().report.skipped[.different] == 1)
    #expect(scratch.portrait("copy") == other)
  }

  @Test("an object that changes while it is copied is copied again")
  func changesOnce() throws {
    let object = scratch.objects()[0]
    let done = Guarded(false)
    let result = try scratch.copy { options in
      options.beforeRecheck = { path in
        guard EscapedBytes.string(path) == object else { return }
        let isFirst = done.withLock { value in
          defer { value = true }
          return !value
        }
        if isFirst { ObjectFile.overwrite(object, at: 28672, [1, 2, 3], keepingTime: true) }
      }
      options.verifies = true
    }
    #expect(done.withLock { $0 })
    #expect(result.report.copiedObjects == 3 && result.report.verified == 3)
    #expect(NaiveWalk.extents(scratch.objects("copy")[0]) == NaiveWalk.extents(object))
    #expect(scratch.portrait("copy") == scratch.portrait("cache-root"))
  }

  @Test("one that never stands still is left out, with a line", arguments: ["data", "record", "length"])
  func neverStandsStill(what: String) throws {
    let object = scratch.objects()[0]
    let count = Guarded(UInt8(0))
    let result = try scratch.copy { options in
      options.beforeRecheck = { path in
        guard EscapedBytes.string(path) == object else { return }
        let number = count.withLock { value in
          value += 1
          return value
        }
        switch what {
        case "data": ObjectFile.overwrite(object, at: 4096, [number], keepingTime: true)
        case "record": setAttribute(object, ObjectRecord(objectSize: 9, coherency: [number]).bytes)
        default: truncate(object, off_t(number) * 65536)
        }
      }
    }
    #expect(result.report.copiedObjects == 2 && !result.report.isComplete)
    #expect(result.skipped == ["changed: it changed while it was copied"])
    #expect(scratch.objects("copy").count == 2)
  }

  @Test("reading the source changes none of its times")
  func timesStay() throws {
    for entry in NaiveWalk.entries("\(scratch.path)/cache-root") {
      _ = try Command.run(
        "/usr/bin/touch",
        ["-a", "-d", "@1000000000", "\(scratch.path)/cache-root/" + String(decoding: entry.path, as: UTF8.self)])
    }
    let before = NaiveWalk.entries("\(scratch.path)/cache-root/cache")
    _ = try verifyAgain()
    #expect(NaiveWalk.entries("\(scratch.path)/cache-root/cache") == before)
    #expect(scratch.portrait("copy").allSatisfy { $0.contains(" 1000000000000000000 ") })
  }
}
