// SPDX-License-Identifier: Apache-2.0
import CAttr
import Foundation
import LinuxIO
import TestSupport
import Testing

@testable import CachefilesStore
@testable import CachefilesUpkeep

/// The order of last uses holds for every time that a file system can keep, also after 2262, where nanoseconds since 1970 leave
/// 64 bits.
@Suite("Ranks of a cull")
struct CullRankTests {
  /// From the first that ext4 and XFS can hold to the last of XFS.
  private static let limits = [
    Timestamp(seconds: -(1 << 31)), Timestamp(seconds: 16_299_260_425, nanoseconds: 709_551_615),
  ]
  private static let times =
    limits
    + [0, 1, -1, 1 << 31, 1 << 32, 9_223_372_036, 9_223_372_037, 13_308_571_013, 15_032_385_535, 15_032_385_536].flatMap
  {
    seconds in [0, 1, 854_775_807, 854_775_808, 999_999_999].map { Timestamp(seconds: seconds, nanoseconds: $0) }
  }

  @Test("ranks are in the order of the times, and lead back to them")
  func order() {
    let sorted = Self.times.sorted()
    for (earlier, later) in zip(sorted, sorted.dropFirst()) {
      #expect(CullOrder.rank(ofUse: earlier) < CullOrder.rank(ofUse: later), "\(earlier) \(later)")
    }
    for time in sorted { #expect(CullOrder.use(ofRank: CullOrder.rank(ofUse: time)) == time) }
    #expect(CullOrder.rank(ofUse: sorted[0]) == .min && CullOrder.rank(ofUse: sorted.last ?? 0) == .max)
  }

  @Test("what lies outside is held at the limits")
  func limits() {
    for time in [Timestamp.distantPast, Timestamp(seconds: -(1 << 31) - 1, nanoseconds: 999_999_999)] {
      #expect(CullOrder.rank(ofUse: time) == .min)
    }
    for time in [
      Timestamp.distantFuture, Timestamp(seconds: 16_299_260_425, nanoseconds: 709_551_616),
      Timestamp(seconds: .max - 2), Timestamp(seconds: 1 << 62),
    ] {
      #expect(CullOrder.rank(ofUse: time) == .max)
    }
  }

  @Test("a cull takes the first of a full sort whatever the century", arguments: 0..<4 as Range<UInt64>)
  func culled(seed: UInt64) throws {
    let scratch = ScratchDirectory()
    try scratch.makeCache(objects: 60)
    var random = SplitMix64(seed: seed)
    let choices = Self.times.filter { (-(1 << 31) + 1..<15_032_385_536).contains($0.seconds) }
    var sorted: [(time: Timestamp, path: String)] = []
    for path in scratch.objects() {
      let time = choices[Int(random.next() % UInt64(choices.count))]
      let access = timespec(tv_sec: Int(time.seconds), tv_nsec: Int(time.nanoseconds))
      #expect(utimensat(AT_FDCWD, path, [access, timespec(tv_sec: 0, tv_nsec: 0x3fff_fffe)], 0) == 0)
      // What the file system has kept of it.
      var status = stat()
      #expect(lstat(path, &status) == 0)
      sorted.append(
        (Timestamp(seconds: Int64(status.st_atim.tv_sec), nanoseconds: UInt32(status.st_atim.tv_nsec)), path))
    }
    sorted.sort {
      $0.time != $1.time ? $0.time < $1.time : Array($0.path.utf8).lexicographicallyPrecedes(Array($1.path.utf8))
    }
    var options = CullOptions()
    options.goal.maximumObjects = 25
    // As one scan gathers them, and as several find the cut.
    options.threads = seed % 2 == 0 ? 1 : 3
    options.sortLimit = seed < 2 ? 5 : 1000
    options.pivotCount = 3
    options.isCancelled = { false }
    let report = Cull(try Store(path: scratch.path("cache-root")), options).run()
    #expect(report.isGoalMet)
    #expect(Set(scratch.objects()) == Set(sorted.dropFirst(35).map(\.path)))
  }
}
