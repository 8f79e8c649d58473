// SPDX-License-Identifier: Apache-2.0
import CAttr
import CachefilesFormat
import CachefilesSurvey
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesStore
@testable import CachefilesUpkeep

/// The order, the margin, and what is kept by size and by volume, against a plain computation.
@Suite("What a cull chooses")
struct CullChoiceTests {
  let scratch = ScratchDirectory()
  private let now: Timestamp = 1_700_000_000_000_000_000

  private func objects() -> [WalkedEntry] {
    NaiveWalk.entries("\(scratch.path)/cache-root").filter { $0.isRegular && $0.components.count == 4 }
  }

  private func make(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for name in ["9p,one,a", "9p,two,b", "9p,three,c"] { try scratch.makeCache(volume: name, objects: 25) }
    for entry in objects() {
      let path = "\(scratch.path)/cache-root/\(String(decoding: entry.path, as: UTF8.self))"
      let file = try #require(fopen(path, "a"))
      let extra = [UInt8](repeating: 1, count: Int(random.next() % 6) * 4096)
      fwrite(extra, 1, extra.count, file)
      fclose(file)
      let seconds = Int(now.seconds) - 1 - Int(random.next() % (seed % 2 == 0 ? 20 : 5_000_000))
      let times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: 0, tv_nsec: 0x3fff_fffe)]
      #expect(utimensat(AT_FDCWD, path, times, 0) == 0)
    }
  }

  private func cull(_ change: (inout CullOptions) -> Void) throws -> Cull.Report {
    var options = CullOptions()
    options.threads = 3
    options.sortLimit = 5
    options.pivotCount = 3
    options.isCancelled = { false }
    change(&options)
    return Cull(try Store(path: scratch.path("cache-root")), options).run()
  }

  private static func precedes(_ left: (Int128, [UInt8]), _ right: (Int128, [UInt8])) -> Bool {
    left.0 != right.0 ? left.0 < right.0 : left.1.lexicographicallyPrecedes(right.1)
  }

  @Test("each order takes the first of a full sort", arguments: 0..<6 as Range<UInt64>)
  func order(seed: UInt64) throws {
    try make(seed)
    let order = [CullOrder.size, .cost(now: now), .lastUse][Int(seed % 3)]
    let (all, nanoseconds) = (objects(), now.clampedNanoseconds)
    let sorted = all.map { entry -> (Int128, [UInt8]) in
      switch order {
      case .lastUse: (Int128(entry.accessTime), entry.path)
      case .size: (-Int128(entry.allocated), entry.path)
      case .cost:
        (-Int128(entry.allocated) * Int128(max(1, (nanoseconds - entry.accessTime) / 1_000_000_000)), entry.path)
      }
    }.sorted(by: Self.precedes)
    let report = try cull {
      $0.order = order
      $0.goal.maximumObjects = all.count - 30
    }
    #expect(report.isGoalMet)
    #expect(Set(objects().map(\.path)) == Set(sorted.dropFirst(30).map(\.1)))
  }

  @Test("a margin goes below the goal, only where something has to go, and is no goal itself")
  func margin() throws {
    try make(3)
    let all = objects().sorted { Self.precedes((Int128($0.accessTime), $0.path), (Int128($1.accessTime), $1.path)) }
    let total = all.reduce(0) { $0 + $1.allocated }
    let idle = try cull {
      $0.goal.maximumBytes = total
      $0.goal.margin = .bytes(100_000)
    }
    #expect(idle.done.isNothing && idle.isGoalMet)
    let report = try cull {
      $0.goal.maximumBytes = total - 50_000
      $0.goal.margin = .bytes(100_000)
    }
    var (expected, freed): (Int, UInt64) = (0, 0)
    while freed < 150_000 {
      freed += all[expected].allocated
      expected += 1
    }
    #expect(report.isGoalMet && report.done.objects == expected)
    #expect(Set(objects().map(\.path)) == Set(all.dropFirst(expected).map(\.path)))
  }

  @Test("a share as a margin is one of the size that the objects may have, not of the disk")
  func shareAsMargin() throws {
    try make(3)
    let total = objects().reduce(0) { $0 + $1.allocated }
    let report = try cull {
      $0.goal.maximumBytes = total / 2
      $0.goal.margin = .share(0.1)
    }
    let left = objects().reduce(0) { $0 + $1.allocated }
    let largest: UInt64 = 32 << 10
    #expect(report.isGoalMet && left <= total / 20 * 9 && left + largest > total / 20 * 9 && left > 0)
  }

  @Test("a goal about the selected objects counts none that is too small or matches no pattern")
  func selectedAlone() throws {
    try make(3)
    let all = objects()
    let sizes = all.map(\.allocated).sorted()
    let limit = sizes[sizes.count / 2]
    let larger = all.filter { $0.allocated > limit }
    let idle = try cull {
      $0.selection.largerThan = limit
      $0.goal.maximumObjects = larger.count
    }
    #expect(idle.isGoalMet && idle.done.isNothing)
    let report = try cull {
      $0.selection.largerThan = limit
      $0.goal.maximumObjects = larger.count - 5
    }
    #expect(report.isGoalMet && report.done.objects == 5)
    #expect(objects().filter { $0.allocated > limit }.count == larger.count - 5)
  }

  @Test(
    "the most recently used of each volume stay, with those that were used at the same time",
    arguments: [0, 1, 7, 24, 25, 100])
  func keptPerVolume(count: Int) throws {
    try make(4)
    let all = objects()
    var kept: Set<[UInt8]> = []
    for volume in Set(all.map { $0.components[1] }) {
      let times = all.filter { $0.components[1] == volume }.map(\.accessTime).sorted(by: >)
      let limit = count == 0 ? Int64.max : times.count > count ? times[count - 1] : .min
      kept.formUnion(all.filter { $0.components[1] == volume && $0.accessTime >= limit }.map(\.path))
    }
    let report = try cull {
      $0.selection.keptPerVolume = count
      $0.goal.maximumObjects = 0
      $0.isBestEffort = true
    }
    #expect(report.isGoalMet == kept.isEmpty)
    #expect(Set(objects().map(\.path)) == kept)
  }

  @Test("only what occupies more than a size goes", arguments: [0, 4096, 12288, 1 << 20] as [UInt64])
  func largerThan(size: UInt64) throws {
    try make(5)
    let all = objects()
    _ = try cull {
      $0.selection.largerThan = size
      $0.goal.maximumObjects = 0
      $0.isBestEffort = true
    }
    #expect(Set(objects().map(\.path)) == Set(all.filter { $0.allocated <= size }.map(\.path)))
  }
}
