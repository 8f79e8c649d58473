// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// Trees that change while they are scanned: the visitor of a single thread makes the change at a known moment.
@Suite("Trees that change during a scan")
struct ChangingTreeTests {
  let scratch: ScratchDirectory
  private let volume = "cache-root/cache/I9p,p9src,hosttag"

  init() throws {
    scratch = ScratchDirectory()
    try scratch.makeDirectory("cache-root/graveyard")
    for fanout in ["@00", "@01"] {
      for number in 0..<10 { try scratch.write("\(volume)/\(fanout)/T\(number)", [UInt8](repeating: 7, count: 5000)) }
    }
    try scratch.write("outside/secret", [UInt8](repeating: 1, count: 9000))
    try scratch.write("outside/T5", [UInt8](repeating: 1, count: 9000))
  }

  private func full(_ name: String) -> String { "\(scratch.path)/\(name)" }

  /// Scans with one thread; the closure gets each entry's path below the volume, before the entry is counted.
  private func scan(isLive: Bool = true, _ action: @escaping @Sendable (String) -> Void) throws -> ScanResult {
    let store = try Store(path: scratch.path("cache-root"))
    let failures = Collector<StoreError>()
    var options = ScanOptions(threads: 1, attributes: true) { failures.add($0) }
    options.isLive = isLive
    let scanner = try Scanner(store, options)
    let prefix = full(volume).utf8.count + 1
    let (saboteur, summary) = scanner.run { Saboteur(prefix: prefix, isLive: isLive, action: action) }
    return ScanResult(statistics: saboteur.statistics, summary: summary, failures: failures.all)
  }

  /// Does something once, at the first entry whose path passes a test.
  private func once(_ body: @escaping @Sendable (String) throws -> Void) -> @Sendable (String) -> Void {
    let done = Collector<Bool>()
    return { path in
      guard path.hasPrefix("@"), done.all.isEmpty else { return }
      do { try body(path) } catch { return }
      done.add(true)
    }
  }

  private struct NotYet: Error {}

  @Test(
    "Objects that vanish after they were listed do not count, and are no errors in a live cache alone",
    arguments: [true, false])
  func vanishingObjects(isLive: Bool) throws {
    let result = try scan(
      isLive: isLive,
      once { path in
        guard path.contains("/") else { throw NotYet() }
        let (fanout, name) = (path.prefix(3), path.dropFirst(4))
        for number in 0..<10 where "T\(number)" != name {
          try FileManager.default.removeItem(atPath: full("\(volume)/\(fanout)/T\(number)"))
        }
      })
    #expect(result.failures.map(\.error) == Array(repeating: .noSuchFileOrDirectory, count: isLive ? 0 : 9))
    #expect(result.statistics.totals.objects == 11)
  }

  @Test(
    "An object that vanishes before its data is looked for is no error in a live cache alone", arguments: [true, false])
  func vanishingData(isLive: Bool) throws {
    let result = try scan(isLive: isLive) { path in
      if path.hasSuffix("T3") { try? FileManager.default.removeItem(atPath: full("\(volume)/\(path)")) }
    }
    #expect(result.failures.isEmpty)
    #expect(result.statistics.errors.count == (isLive ? 0 : 2))
    #expect(result.statistics.totals.objects == 20)
    #expect(result.statistics.totals.extents == 18)
  }

  @Test("A directory that vanishes before it is entered is no error in a live cache alone", arguments: [true, false])
  func vanishingDirectory(isLive: Bool) throws {
    let result = try scan(
      isLive: isLive,
      once { path in
        try FileManager.default.removeItem(atPath: full("\(volume)/\(path == "@00" ? "@01" : "@00")"))
      })
    #expect(result.failures.map(\.error) == (isLive ? [] : [.noSuchFileOrDirectory]))
    #expect(result.statistics.totals.objects == 10)
    #expect(result.statistics.fanouts == 1)
  }

  @Test("A directory that is renamed while it is read is read to its end")
  func renamedDirectory() throws {
    let result = try scan(
      once { path in
        try FileManager.default.moveItem(
          atPath: full("\(volume)/\(path)"), toPath: full("cache-root/graveyard/x1x1x"))
      })
    #expect(result.failures.isEmpty)
    #expect(result.statistics.totals.objects == 20)
  }

  @Test("A directory that is swapped for a link is not followed", arguments: [".", "..", "../../../../outside", "/"])
  func swappedDirectory(target: String) throws {
    let result = try scan(
      once { path in
        let other = full("\(volume)/\(path == "@00" ? "@01" : "@00")")
        try FileManager.default.removeItem(atPath: other)
        try FileManager.default.createSymbolicLink(atPath: other, withDestinationPath: target)
      })
    #expect(result.failures.map(\.error) == [.notDirectory])
    #expect(result.statistics.totals.objects == 10)
    #expect(result.statistics.foreign.objects == 1)
  }

  @Test("An object that is swapped after it was looked at is never followed, and does not block")
  func swappedObject() throws {
    let result = try scan { path in
      let file = full("\(volume)/\(path)")
      guard path.hasSuffix("T5") || path.hasSuffix("T6") || path.hasSuffix("T7") else { return }
      try? FileManager.default.removeItem(atPath: file)
      if path.hasSuffix("T5") { symlink(full("outside/T5"), file) }
      if path.hasSuffix("T6") { mkfifo(file, 0o600) }
      if path.hasSuffix("T7") { mkdir(file, 0o700) }
    }
    // One for each link; the FIFO and the directory are other files than those that were looked at.
    #expect(result.statistics.errors.map(\.error) == [.tooManySymbolicLinkLevels, .tooManySymbolicLinkLevels])
    #expect(result.statistics.errors.allSatisfy { $0.path.last == UInt8(ascii: "5") })
    #expect(result.statistics.totals.dataBytes == 14 * 5000)
  }

  @Test("Directories that flip between a directory and a link all the time never lead outside")
  func flipping() throws {
    let (directory, link) = (full("\(volume)/@00"), full("link"))
    #expect(symlink("../../../../outside", link) == 0)
    let stop = Collector<Bool>()
    let flipper = Thread {
      while stop.all.isEmpty {
        for (from, to) in [
          (directory, full("aside")), (link, directory), (directory, link), (full("aside"), directory),
        ] {
          rename(from, to)
        }
      }
    }
    flipper.start()
    for _ in 0..<60 {
      guard case .done(let witness, _, let errors, _) = ScanEnd.of(scratch.path("cache-root"), threads: 8) else {
        Issue.record("no scan")
        continue
      }
      #expect(!witness.paths.contains { String(decoding: $0, as: UTF8.self).hasSuffix("secret") })
      #expect((10...20).contains(witness.statistics.totals.objects))
      #expect(errors.allSatisfy { $0.path.isAtOrBelow(Array(directory.utf8)) })
    }
    stop.add(true)
    while flipper.isExecuting { usleep(1000) }
  }
}

/// Statistics that change the tree as they go.
private struct Saboteur: ScanVisitor {
  let prefix: Int
  let action: @Sendable (String) -> Void
  var statistics: Statistics

  init(prefix: Int, isLive: Bool, action: @escaping @Sendable (String) -> Void) {
    statistics = Statistics(wantsExtents: true, isLive: isLive, now: Timestamp.now)
    self.prefix = prefix
    self.action = action
  }

  mutating func visit(_ entry: borrowing ScanEntry) {
    action(String(decoding: entry.path.dropFirst(prefix), as: UTF8.self))
    statistics.visit(entry)
  }

  mutating func merge(_ other: consuming Saboteur) { statistics.merge(other.statistics) }
}
