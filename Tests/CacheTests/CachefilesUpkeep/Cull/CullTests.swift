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
@testable import CachefilesUpkeep

/// The victims of a cull are those of a full sort, and nothing else goes.
@Suite("Culling")
struct CullTests {
  let scratch = ScratchDirectory()
  private let volume = "9p,p9src,hosttag"

  /// An object as a plain walk tells it.
  private struct Object: Equatable {
    var path: [UInt8]
    var accessTime: Int64
    var allocated: UInt64
    var links: UInt64
  }

  /// All objects in the order of culling, by a full sort.
  private func objects() -> [Object] {
    NaiveWalk.entries("\(scratch.path)/cache-root")
      .filter { $0.isRegular && $0.components.count == 4 && $0.components[0] == Array("cache".utf8) }
      .map { Object(path: $0.path, accessTime: $0.accessTime, allocated: $0.allocated, links: $0.links) }
      .sorted {
        $0.accessTime != $1.accessTime
          ? $0.accessTime < $1.accessTime : $0.path.lexicographicallyPrecedes($1.path)
      }
  }

  /// Makes a cache whose objects have these last uses, in nanoseconds after a moment, and sizes of one to four blocks.
  private func make(_ times: [Int64], random: inout SplitMix64) throws {
    try scratch.makeCache(objects: times.count)
    for (entry, time) in zip(objects(), times) {
      let path = "\(scratch.path)/cache-root/\(String(decoding: entry.path, as: UTF8.self))"
      let file = try #require(fopen(path, "a"))
      let extra = [UInt8](repeating: 1, count: Int(random.next() % 4) * 4096)
      fwrite(extra, 1, extra.count, file)
      fclose(file)
      setUse(path, 1_700_000_000_000_000_000 + time)
    }
  }

  private func setUse(_ path: String, _ nanoseconds: Int64) {
    let time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    #expect(utimensat(AT_FDCWD, path, [time, time], AT_SYMLINK_NOFOLLOW) == 0)
  }

  private func cull(_ change: (inout CullOptions) -> Void) throws -> (report: Cull.Report, failures: [StoreError]) {
    let failures = Collector<StoreError>()
    var options = CullOptions()
    options.threads = 3
    options.onFailure = { failures.add($0) }
    change(&options)
    let report = Cull(try Store(path: scratch.path("cache-root")), options).run()
    return (report, failures.all)
  }

  /// Last uses of every kind: all different, a few values, one value.
  private static func times(_ seed: UInt64, _ random: inout SplitMix64) -> [Int64] {
    let count = 20 + Int(random.next() % 60)
    let spread: UInt64 = [1, 2, 5, 1000, 5_000_000_000, 40_000_000_000_000][Int(seed % 6)]
    return (0..<count).map { _ in Int64(random.next() % spread) }
  }

  @Test(
    "the victims are the first of a full sort, with any times, ties and limits of memory",
    arguments: 0..<24 as Range<UInt64>)
  func sameAsFullSort(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    try make(Self.times(seed, &random), random: &random)
    let all = objects()
    let keep = Int(random.next() % UInt64(all.count + 1))
    let byBytes = seed % 2 == 0
    let total = all.reduce(0) { $0 + $1.allocated }
    let limit = byBytes ? total * UInt64(keep) / UInt64(all.count) : 0
    var expected = 0
    var left = total
    if byBytes {
      while left > limit {
        left -= all[expected].allocated
        expected += 1
      }
    } else {
      expected = all.count - keep
    }
    let set: @Sendable (inout CullOptions) -> Void = { options in
      if byBytes { options.goal.maximumBytes = limit } else { options.goal.maximumObjects = keep }
      // Small enough that every way of dividing is taken.
      options.sortLimit = Int(seed % 5)
      options.pivotCount = 3
      // All objects are remembered, some, or hardly any.
      options.candidateLimit = [OldestObjects.capacity, 60, 15][Int(seed / 6 % 3)]
      // The scan that counts comes across all victims, some, or one.
      options.batchLimit = [1 << 17, 9, 1][Int(seed / 2 % 3)]
    }
    let victims = Collector<ObjectListing.Item>()
    let dry = try cull {
      set(&$0)
      $0.isDryRun = true
      $0.onVictim = { victims.add($0) }
    }
    #expect(objects() == all, "a dry run changes nothing, last uses included")
    let named = victims.all.sorted { ($0.accessTime, "\($0.path)") < ($1.accessTime, "\($1.path)") }
    #expect(Set(named.map(\.path)) == Set(all.prefix(expected).map(\.path)))
    #expect(dry.report.plan.sum.objects == expected)
    #expect(dry.report.plan.sum.bytes == all.prefix(expected).reduce(0) { $0 + $1.allocated })
    let real = try cull(set)
    #expect(real.failures.isEmpty)
    #expect(real.report.isGoalMet)
    #expect(real.report.done.objects == expected)
    #expect(objects() == Array(all.dropFirst(expected)))
  }

  @Test("nothing that was used since a moment goes for its age, and everything older does")
  func olderThan() throws {
    var random = SplitMix64(seed: 7)
    try make([0, 10, 20, 20, 30, 40], random: &random)
    let all = objects()
    let result = try cull { $0.goal.usedSince = 1_700_000_000_000_000_020 }
    #expect(result.report.isGoalMet)
    #expect(objects() == Array(all.dropFirst(2)))
  }

  @Test("several goals must all hold")
  func severalGoals() throws {
    var random = SplitMix64(seed: 8)
    try make([0, 10, 20, 30, 40, 50, 60], random: &random)
    let all = objects()
    let result = try cull {
      $0.goal.usedSince = 1_700_000_000_000_000_015
      $0.goal.maximumObjects = 3
    }
    #expect(result.report.isGoalMet)
    #expect(objects() == Array(all.dropFirst(4)))
    let again = try cull {
      $0.goal.usedSince = 1_700_000_000_000_000_055
      $0.goal.maximumObjects = 3
    }
    #expect(again.report.isGoalMet)
    #expect(objects() == Array(all.dropFirst(6)))
  }

  private func mark(dirty path: [UInt8]) {
    let file = "\(scratch.path)/cache-root/\(String(decoding: path, as: UTF8.self))"
    var value = NaiveWalk.attribute(Array(file.utf8)) ?? []
    value[17] = Content.dirty.rawValue
    setAttribute(file, value)
  }

  @Test("dirty objects stay and the next ones go in their place, unless they are asked for")
  func dirtyObjects() throws {
    var random = SplitMix64(seed: 9)
    try make((0..<20).map { Int64($0) }, random: &random)
    let all = objects()
    for index in [0, 2, 3, 7] { mark(dirty: all[index].path) }
    let dry = try cull {
      $0.goal.maximumObjects = 15
      $0.isDryRun = true
    }
    #expect(dry.report.plan.sum.objects == 5)
    #expect(dry.report.isGoalMet)
    let result = try cull { $0.goal.maximumObjects = 15 }
    #expect(result.report.isGoalMet)
    #expect(objects() == [0, 2, 3, 7].map { all[$0] } + Array(all[9...]))
    #expect(result.report.dirty == 4)
    let asked = try cull {
      $0.goal.maximumObjects = 10
      $0.selection.includesDirty = true
    }
    #expect(asked.report.done.objects == 5)
    #expect(objects() == Array(all[10...]))
  }

  @Test("an object with another name counts as freeing nothing")
  func hardLinks() throws {
    var random = SplitMix64(seed: 10)
    try make([0, 1, 2, 3], random: &random)
    let all = objects()
    let first = "\(scratch.path)/cache-root/\(String(decoding: all[0].path, as: UTF8.self))"
    #expect(link(first, "\(scratch.path)/elsewhere") == 0)
    let total = all.dropFirst().reduce(0) { $0 + $1.allocated }
    let result = try cull { $0.goal.maximumBytes = total - 1 }
    #expect(result.report.done.objects == 2)
    #expect(result.report.done.files == 1)
    #expect(result.report.done.bytes == all[1].allocated)
    #expect(objects().map(\.path) == all.dropFirst(2).map(\.path))
  }

  @Test("what is not selected stays, even if the goal cannot be reached without it")
  func selection() throws {
    var random = SplitMix64(seed: 11)
    try make([0, 1, 2, 3, 4, 5], random: &random)
    let all = objects()
    let other = try cull {
      $0.goal.maximumObjects = 0
      $0.selection.types = [.nfs]
    }
    #expect(other.report.isGoalMet, "no object of NFS is there")
    let none = try cull {
      $0.goal.maximumObjects = 0
      $0.selection.volumes = { $0 == Array("9p,other,x".utf8) }
    }
    #expect(none.report.done.isNothing)
    let refused = try cull {
      $0.goal.maximumObjects = 0
      $0.selection.notUsedSince = 1_700_000_000_000_000_002
    }
    #expect(refused.report.refusal?.description.hasPrefix("the goal cannot be reached: ") == true)
    #expect(refused.report.done.isNothing && objects() == all)
    let young = try cull {
      $0.isBestEffort = true
      $0.goal.maximumObjects = 0
      $0.selection.notUsedSince = 1_700_000_000_000_000_002
    }
    #expect(!young.report.isGoalMet)
    #expect(objects() == Array(all.dropFirst(2)))
    let protected = all[3].path
    let kept = try cull {
      $0.isBestEffort = true
      $0.goal.maximumObjects = 0
      $0.selection.isProtected = { $0 == protected }
    }
    #expect(!kept.report.isGoalMet)
    #expect(objects() == [all[3]])
  }

  @Test("entries that are no objects stay where they are")
  func strangers() throws {
    var random = SplitMix64(seed: 12)
    try make([0, 1], random: &random)
    for name in ["cache-root/cache/notes", "cache-root/cache/I\(volume)/README", "cache-root/graveyard/x1x1x/T1"] {
      try scratch.write(name, [1])
    }
    try scratch.makeDirectory("cache-root/cache/I\(volume)/@00/Tdirectory")
    symlink("/etc/hostname", "\(scratch.path)/cache-root/cache/I\(volume)/@00/Tlink")
    let strangers = NaiveWalk.entries("\(scratch.path)/cache-root").filter { !$0.path.isEmpty }.map(\.path)
      .filter { path in !objects().contains { $0.path == path } }
    let result = try cull { $0.goal.maximumObjects = 0 }
    #expect(result.report.isGoalMet)
    let left = NaiveWalk.entries("\(scratch.path)/cache-root").filter { !$0.path.isEmpty }.map(\.path)
    #expect(Set(left) == Set(strangers))
  }

  @Test("empty fanouts and volumes go only where that is asked for, and others stay")
  func prunes() throws {
    var random = SplitMix64(seed: 13)
    try make([0, 1, 2], random: &random)
    try scratch.makeDirectory("cache-root/cache/Iempty,volume/@00")
    let result = try cull {
      $0.goal.maximumObjects = 1
      $0.prunesEmpty = true
    }
    #expect(result.report.prunedDirectories == 4)
    #expect(objects().count == 1)
    #expect(NaiveWalk.entries("\(scratch.path)/cache-root/cache").filter(\.isDirectory).count == 3)
  }
}
