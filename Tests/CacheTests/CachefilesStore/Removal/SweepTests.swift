// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// Sweeps: the graveyard becomes empty, and nothing else changes.
@Suite("Sweeps of the graveyard", .enabled(if: isRoot, "needs root"))
struct SweepTests {
  let scratch = ScratchDirectory()

  private func graveyard() throws -> OwnedDescriptor {
    try OwnedDescriptor(directory: scratch.path("cache-root/graveyard"))
  }

  @Test("Everything in the graveyard goes, whatever it is, and nothing that it leads to", arguments: [1, 2, 8])
  func everything(threads: Int) throws {
    try scratch.makeGraveyard()
    let (before, content) = (try scratch.others(), scratch.measureGraveyard())
    let result = try scratch.sweep(threads: threads)
    #expect(result.failures.isEmpty)
    #expect(scratch.graves.isEmpty)
    #expect(try scratch.others() == before)
    #expect(result.report.removedEntries == content.entries)
    #expect(result.report.freedBytes == content.bytes)
    #expect(result.report.leftEntries == 0)
    let again = try scratch.sweep(threads: threads)
    #expect(again.report.removedEntries == 0 && again.report.leftEntries == 0 && again.failures.isEmpty)
  }

  @Test("A dry run counts what a sweep then removes, and changes nothing", arguments: [1, 8])
  func dryRun(threads: Int) throws {
    try scratch.makeGraveyard()
    let before = try scratch.snapshot()
    let dry = try scratch.sweep(threads: threads) { $0.isDryRun = true }
    #expect(try scratch.snapshot() == before)
    #expect(dry.failures.isEmpty && dry.report.leftEntries == 0 && dry.report.isDryRun)
    let wet = try scratch.sweep(threads: threads)
    #expect(dry.report.removedEntries == wet.report.removedEntries)
    #expect(dry.report.freedBytes == wet.report.freedBytes)
  }

  @Test("Bytes of a file with a name outside the graveyard are not set free")
  func nameOutside() throws {
    try scratch.makeCache(objects: 1)
    try scratch.write("outside/file", [UInt8](repeating: 1, count: 9000))
    let buried = "\(scratch.path)/cache-root/graveyard/x1x1x"
    try FileManager.default.linkItem(atPath: "\(scratch.path)/outside/file", toPath: buried)
    for isDryRun in [true, false] {
      let report = try scratch.sweep { $0.isDryRun = isDryRun }.report
      #expect(report.removedEntries == 1 && report.freedBytes == 0)
    }
  }

  @Test("Directories nested 10,000 deep", arguments: [1, 8])
  func deep(threads: Int) throws {
    try scratch.makeCache(objects: 1)
    var directory = try graveyard()
    for level in 0..<10_000 {
      try directory.makeDirectory("d", permissions: 0o700)
      // Something at each side of the way down.
      if level % 100 == 0 { try directory.makeDirectory("e", permissions: 0o700) }
      directory = try directory.open("d", .directory)
    }
    _ = try directory.open("file", .create(permissions: 0o600))
    let dry = try scratch.sweep(threads: threads) { $0.isDryRun = true }
    #expect(dry.report.removedEntries == 10_101)
    let result = try scratch.sweep(threads: threads)
    #expect(result.failures.isEmpty)
    #expect(result.report.removedEntries == 10_101)
    #expect(scratch.graves.isEmpty)
  }

  @Test("100,000 entries side by side, half of them directories", arguments: [1, 8])
  func wide(threads: Int) throws {
    try scratch.makeCache(objects: 1)
    let directory = try graveyard()
    for number in 0..<100_000 {
      let name = try #require(EntryName(Array("e\(number)".utf8)))
      if number % 2 == 0 {
        try directory.makeDirectory(name, permissions: 0o700)
      } else {
        _ = try directory.open(name, .create(permissions: 0o600))
      }
    }
    let result = try scratch.sweep(threads: threads)
    #expect(result.failures.isEmpty)
    #expect(result.report.removedEntries == 100_000)
    #expect(scratch.graves.isEmpty)
  }

  @Test("Threads that share the work in one tree finish every directory of it, however they meet")
  func sharedTree() throws {
    try scratch.makeCache(objects: 1)
    for round in 0..<10 {
      var expected = 0
      for first in 0..<6 {
        for second in 0..<5 {
          let place = "cache-root/graveyard/\(round)/\(first)/\(second)"
          for third in 0..<4 { try scratch.makeDirectory("\(place)/\(third)") }
          try scratch.write("\(place)/file")
          expected += 6
        }
        expected += 1
      }
      let result = try scratch.sweep(threads: 8)
      #expect(result.failures.isEmpty)
      #expect(result.report.removedEntries == expected + 1)
      #expect(scratch.graves.isEmpty)
    }
  }

  @Test("More directories in one than are entered before reading goes on", arguments: [1, 8])
  func manyDirectories(threads: Int) throws {
    try scratch.makeCache(objects: 1)
    try scratch.makeDirectory("cache-root/graveyard/x1x1x")
    let directory = try OwnedDescriptor(directory: scratch.path("cache-root/graveyard/x1x1x"))
    for number in 0..<10_000 {
      let name = try #require(EntryName(Array("d\(number)".utf8)))
      try directory.makeDirectory(name, permissions: 0o700)
    }
    let result = try scratch.sweep(threads: threads)
    #expect(result.failures.isEmpty)
    #expect(result.report.removedEntries == 10_001)
    #expect(scratch.graves.isEmpty)
  }

  @Test("Two sweeps at once remove each entry once, and neither finds fault with the other")
  func twoAtOnce() throws {
    for _ in 0..<5 {
      try? FileManager.default.removeItem(atPath: "\(scratch.path)/cache-root")
      try scratch.makeCache(objects: 1)
      for number in 0..<40 {
        for file in 0..<20 { try scratch.write("cache-root/graveyard/\(number)/@\(file % 4)/T\(file)") }
      }
      let total = scratch.measureGraveyard().entries
      let other = Collector<SweepResult>()
      let scratch = self.scratch
      let thread = Thread { if let result = try? scratch.sweep(threads: 2) { other.add(result) } }
      thread.start()
      let mine = try scratch.sweep(threads: 2)
      while other.all.isEmpty, thread.isExecuting { usleep(1000) }
      let results = [mine] + other.all
      #expect(results.count == 2)
      #expect(results.flatMap(\.failures).isEmpty)
      #expect(results.reduce(0) { $0 + $1.report.removedEntries } == total)
      #expect(scratch.graves.isEmpty)
    }
  }

  @Test("The age is that of the name, else that of the last change; what is exactly so old goes")
  func ages() throws {
    try scratch.makeCache(objects: 1)
    let now: Int64 = 1_800_000_000
    func kernel(_ seconds: Int64) -> String {
      String(decoding: GraveyardName(undertaker: .kernel, seconds: UInt64(seconds), counter: 1).bytes, as: UTF8.self)
    }
    func daemon(_ seconds: Int64) -> String {
      String(decoding: GraveyardName(undertaker: .daemon, seconds: UInt64(seconds), counter: 0).bytes, as: UTF8.self)
    }
    let old = [kernel(now - 100), kernel(now - 1000), daemon(now - 100), "old"]
    let young = [kernel(now - 99), daemon(now - 99), kernel(now + 50), "xffffffffffffffffx1x", "young"]
    for name in old + young { try scratch.write("cache-root/graveyard/\(name)/old", [1]) }
    let graveyard = try graveyard()
    // Times that contradict the names, and what is inside, do not matter.
    for name in old + young {
      let seconds = name == "old" ? now - 100 : name == "young" ? now - 99 : name == kernel(now - 99) ? 0 : now
      let directory = try graveyard.open(try #require(EntryName(Array(name.utf8))), .directory)
      try directory.setTimes(access: 0, modification: Timestamp(seconds: seconds))
    }
    let result = try scratch.sweep {
      $0.now = Timestamp(seconds: now)
      $0.minimumAge = .seconds(100)
    }
    #expect(result.failures.isEmpty)
    #expect(scratch.graves == young.sorted())
    #expect(result.report.youngerEntries == 5)
    #expect(result.report.leftEntries == 10)
    #expect(result.report.removedEntries == 8)
  }

  @Test("Without time nothing goes, and what is left is counted", arguments: [1, 8])
  func noTime(threads: Int) throws {
    try scratch.makeGraveyard()
    let (before, entries) = (try scratch.snapshot(), scratch.measureGraveyard().entries)
    let report = try scratch.sweep(threads: threads) { $0.timeLimit = .zero }.report
    #expect(report.isOutOfTime && !report.isInterrupted)
    #expect(report.removedEntries == 0 && report.leftEntries == entries)
    #expect(try scratch.snapshot() == before)
  }

  @Test("A sweep that is ended anywhere is gone on with by the next")
  func ended() throws {
    let counting = ScratchDirectory()
    try counting.makeGraveyard()
    let steps = Steps()
    _ = try counting.sweep(threads: 1) { $0.isCancelled = { steps.next() == 0 } }
    let total = steps.next()
    #expect(total > 20)
    for moment in 1..<total {
      let scratch = ScratchDirectory()
      try scratch.makeGraveyard()
      let (before, entries) = (try scratch.others(), scratch.measureGraveyard().entries)
      let steps = Steps()
      let cut = try scratch.sweep(threads: 1) { $0.isCancelled = { steps.next() >= moment } }
      #expect(cut.failures.isEmpty)
      if cut.report.isInterrupted { #expect(cut.report.leftEntries == nil) }
      let rest = try scratch.sweep()
      #expect(rest.failures.isEmpty)
      #expect(cut.report.removedEntries + rest.report.removedEntries == entries, "\(moment)")
      #expect(scratch.graves.isEmpty)
      #expect(try scratch.others() == before)
    }
  }

  @Test("A missing graveyard is swept already; one that is a link or a file is not touched, nor what it leads to")
  func noGraveyard() throws {
    try scratch.makeCache(objects: 1)
    try scratch.write("outside/file", [1])
    let path = "\(scratch.path)/cache-root/graveyard"
    try FileManager.default.removeItem(atPath: path)
    #expect(try scratch.sweep().report.removedEntries == 0)
    #expect(!FileManager.default.fileExists(atPath: path))
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "\(scratch.path)/outside")
    #expect(throws: StoreError.self) { try scratch.sweep() }
    try FileManager.default.removeItem(atPath: path)
    try scratch.write("cache-root/graveyard", [1])
    #expect(throws: StoreError.self) { try scratch.sweep() }
    #expect(NaiveWalk.entries("\(scratch.path)/outside").count == 2)
  }
}
