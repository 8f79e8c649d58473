// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesSamples
import CachefilesStore
import CachefilesSurvey
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// The number of threads changes nothing but the time.
@Suite("Threads of a scan")
struct ThreadTests {
  let scratch = ScratchDirectory()

  @Test("One fanout with 100,000 entries gives the same totals with any number of threads")
  func hugeFanout() throws {
    let count = 100_000
    try scratch.makeDirectory("cache-root/cache/I9p,p9src,hosttag/@00")
    let fanout = try OwnedDescriptor(directory: scratch.path("cache-root/cache/I9p,p9src,hosttag/@00"))
    for number in 0..<count {
      let name = try #require(EntryName(Array("T\(String(number, radix: 16))".utf8)))
      _ = try fanout.open(name, .create(permissions: 0o600))
    }
    let one = try scratch.scan(threads: 1)
    #expect(one.statistics.totals.objects == count)
    #expect(one.statistics.schemes[2] == count)
    #expect(one.failures.isEmpty)
    for threads in [2, 8] {
      let result = try scratch.scan(threads: threads)
      #expect(result.essence == one.essence)
      #expect(result.failures.isEmpty)
    }
    #expect(scratch.openDescriptors.count == 1)
  }

  @Test("A cache of many volumes gives the same totals with any number of threads")
  func manyVolumes() throws {
    try SyntheticCache(objects: 1500, seed: 11, now: 1_795_000_000_000_000_000).write(to: scratch.path("cache-root"))
    // Names of one file in several volumes: its bytes count once, whichever thread comes first.
    let first = try #require(NaiveWalk.entries("\(scratch.path)/cache-root").first { $0.isRegular && $0.allocated > 0 })
    let file = "\(scratch.path)/cache-root/" + String(decoding: first.path, as: UTF8.self)
    for place in ["graveyard/link", "cache/link", "link"] {
      try FileManager.default.linkItem(atPath: file, toPath: "\(scratch.path)/cache-root/\(place)")
    }
    let one = try scratch.scan(threads: 1, attributes: true, extents: true)
    #expect(one.statistics.totals.objects == 1500)
    #expect(one.statistics.foreign.diskBytes == 0)
    #expect(try one.statistics.totals.diskBytes == NaiveWalk.diskUsage("\(scratch.path)/cache-root"))
    for threads in [2, 3, 8, 8, 64] {
      let many = try scratch.scan(threads: threads, attributes: true, extents: true)
      #expect(many.essence == one.essence, "\(threads) threads")
    }
  }

  @Test("A cancelled scan ends and says so", arguments: [1, 8])
  func cancelled(threads: Int) throws {
    try scratch.write(capture: "6.12")
    func scan() throws -> (Statistics, ScanSummary) {
      let store = try Store(path: scratch.path("cache-root"))
      var options = ScanOptions(threads: threads)
      let asked = Collector<Bool>()
      options.isCancelled = {
        asked.add(true)
        return asked.all.count > 20
      }
      return try Scanner(store, options).run { Statistics(now: 0) }
    }
    let (statistics, summary) = try scan()
    #expect(summary.isCancelled)
    #expect(statistics.totals.objects < 178)
    #expect(scratch.openDescriptors.isEmpty)
  }
}
