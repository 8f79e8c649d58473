// SPDX-License-Identifier: Apache-2.0
import CAttr
import CachefilesFormat
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesStore
@testable import CachefilesSurvey

/// Classes, balances and groups.
@Suite("Usage")
struct UsageTests {
  @Test("A length is in the class whose limit is the first that is not below it")
  func sizeClasses() {
    let limits = SizeClass.limits
    #expect(SizeClass.count == limits.count + 1)
    #expect(limits.first == 0)
    #expect(limits.last == UInt64(16 << 30))
    for size in limits.flatMap({ [$0 == 0 ? 0 : $0 - 1, $0, $0 + 1] }) + [.max, 1 << 63, 5000] {
      let expected = limits.firstIndex { size <= $0 } ?? limits.count
      #expect(SizeClass.index(of: size) == expected, "\(size)")
    }
  }

  @Test("An age is in the class whose limit is the first that is not below it; what is to come is the first class")
  func ageClasses() {
    let now: Timestamp = 1_700_000_000_000_000_000
    let classes = AgeClasses(now: now)
    for limit in AgeClasses.limits {
      for nanoseconds in [limit * 1_000_000_000 - 1, limit * 1_000_000_000, limit * 1_000_000_000 + 1] {
        let expected =
          nanoseconds < 0
          ? 0
          : 1
            + (AgeClasses.limits.dropFirst().firstIndex { nanoseconds <= $0 * 1_000_000_000 } ?? AgeClasses.limits.count)
            - 1
        #expect(classes.index(of: now - .nanoseconds(nanoseconds)) == expected, "\(nanoseconds)")
      }
    }
    #expect(AgeClasses.count == AgeClasses.limits.count + 1)
    #expect(classes.index(of: .distantPast) == AgeClasses.count - 1)
    #expect(classes.index(of: .distantFuture) == 0)
    #expect(AgeClasses(now: .distantPast).index(of: .distantFuture) == 0)
  }

  @Test("An even spread is even, chance is even, one full directory is not, few objects cannot tell")
  func balance() {
    let even = FanoutBalance(Array(repeating: 100, count: 256))
    #expect(even.chiSquared == 0)
    #expect(even.range == 100...100)
    #expect(!even.isUneven)
    var random = SplitMix64(seed: 7)
    var counts = Array(repeating: 0, count: 256)
    for _ in 0..<100_000 { counts[Int(random.next() % 256)] += 1 }
    let chance = FanoutBalance(counts)
    #expect(abs(chance.chiSquared - 255) < 90)
    #expect(!chance.isUneven)
    counts[3] += 500
    #expect(FanoutBalance(counts).isUneven)
    let few = FanoutBalance([500] + Array(repeating: 0, count: 255))
    #expect(!few.isMeaningful)
    #expect(!few.isUneven)
    #expect(FanoutBalance(Array(repeating: 0, count: 256)).chiSquared == 0)
  }

  private func curve(_ objects: [(time: Int64, bytes: UInt64)]) -> AgeCurve {
    var histogram = AgeHistogram(shift: AgeCurve.shift)
    for object in objects {
      var status = FileStatus()
      status.links = 1
      status.blocks = object.bytes / 512
      histogram.add(CullSum(status), at: object.time)
    }
    return AgeCurve(histogram)
  }

  @Test("A smaller cache keeps what was used last, as much as fits, and a cull to its size removes the rest")
  func ageCurve() {
    let day: Int64 = 86_400_000_000_000
    let curve = curve((0..<100).map { (time: 1_700_000_000_000_000_000 - Int64($0) * day, bytes: 4096) })
    #expect(curve.total.bytes == 409_600)
    for size in stride(from: UInt64(0), through: 500_000, by: 3777) {
      let part = curve.part(within: size)
      let kept = min(100, Int(size / 4096))
      #expect(part.kept.objects == kept)
      #expect(part.removed.objects == 100 - kept)
      #expect(part.kept.bytes + part.removed.bytes == 409_600)
      #expect((part.since == nil) == (kept == 0))
      if let since = part.since?.clampedNanoseconds {
        let oldest = 1_700_000_000_000_000_000 - Int64(kept - 1) * day
        #expect(since <= oldest && oldest - since < 1 << AgeCurve.shift)
      }
    }
  }

  @Test("Nothing older is kept when something does not fit, even where it would")
  func ageCurveStopsAtTheFirst() {
    let time: Int64 = 1_700_000_000_000_000_000
    let step: Int64 = 1 << 40
    let curve = curve([(time, 4096), (time - step, 1 << 20), (time - 2 * step, 4096)])
    let part = curve.part(within: 100_000)
    #expect(part.kept.objects == 1)
    #expect(part.removed.objects == 2)
  }

  @Test("The first objects of a scan are those of a full sort", arguments: [0, 1, 7, 5000])
  func top(count: Int) throws {
    let scratch = ScratchDirectory()
    try scratch.makeCache(objects: 300)
    var random = SplitMix64(seed: 3)
    for name in scratch.objects() {
      let path = scratch.path("cache-root").string + "/" + name
      truncate(path, off_t(random.next() % 9) * 4096)
      let time = timespec(tv_sec: Int(1_700_000_000 + random.next() % 5), tv_nsec: 0)
      let times = [time, time]
      utimensat(AT_FDCWD, path, times, 0)
    }
    var questions = StatisticsReport.Questions()
    questions.top = count
    let store = try Store(path: scratch.path("cache-root"))
    let report = try StatisticsReport.prepare(store, questions, ScanOptions(threads: 4), percentages: nil).run()
    guard count > 0 else {
      #expect(report.top.isEmpty)
      return
    }
    for order in [ObjectListing.Order.size, .atime] {
      let scanner = try Scanner(store, ScanOptions(threads: 1))
      var (all, _) = scanner.run { ObjectListing(order: order, limit: nil) }
      let expected = all.finish().prefix(count).map(\.path)
      #expect(report.top.first { $0.order == order }?.objects.map(\.path) == expected)
    }
  }

  @Test("A long list cut at every step is the head of the whole one")
  func cutLists() throws {
    let scratch = ScratchDirectory()
    try scratch.makeCache(objects: 6000)
    let store = try Store(path: scratch.path("cache-root"))
    for order in [ObjectListing.Order.name, .atime, .size] {
      var lists: [[[UInt8]]] = []
      for limit in [nil, 100] as [Int?] {
        var (list, _) = try Scanner(store, ScanOptions(threads: 1)).run {
          ObjectListing(order: order, limit: limit)
        }
        lists.append(list.finish().prefix(100).map(\.path))
      }
      #expect(lists[0] == lists[1], "\(order)")
    }
  }
}
