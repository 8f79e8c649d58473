// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import TestSupport
import Testing

@testable import CachefilesStore
@testable import CachefilesUpkeep

/// What a cull remembers of its first scan leaves nothing out that a later scan must see.
@Suite("The oldest objects")
struct OldestObjectsTests {
  private let second: Int64 = 1_000_000_000

  /// The rank of a last use, of nanoseconds since 1970.
  private func rank(_ time: Int64) -> Int64 { CullOrder.rank(ofUse: Timestamp(nanosecondsSince1970: time)) }

  @Test("what passes for some times contains everything that was last used then", arguments: 0..<40 as Range<UInt64>)
  func complete(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let spread: UInt64 = [1, 3, 100, 1_000_000][Int(seed % 4)]
    let limit = [4, 30, 400, 100_000][Int(seed / 4 % 4)]
    let uses = (0..<1000).map { number in
      (inode: random.next(), time: Int64(random.next() % spread) * second + Int64(number % 1000) - 2 * second)
    }
    var threads = (0..<3).map { _ in OldestObjects(limit: limit) }
    for (index, use) in uses.enumerated() {
      threads[index % 3].add(use.inode, usedAt: Timestamp(nanosecondsSince1970: use.time))
    }
    var all = OldestObjects(limit: limit)
    for thread in threads { all.merge(thread) }
    for use in uses {
      let since = uses[Int(random.next() % 1000)].time
      let times = min(since, use.time)...use.time
      guard let filter = all.filter(within: rank(times.lowerBound)...rank(times.upperBound)) else { continue }
      for other in uses where times.contains(other.time) { #expect(filter.mayContain(other.inode)) }
    }
    if limit > uses.count {
      #expect(all.filter(within: .min...rank(uses.map(\.time).max() ?? 0)) != nil, "nothing was forgotten")
    }
  }

  @Test("with memory for a part, the oldest are known and the others are not")
  func forgetsTheLatest() {
    var oldest = OldestObjects(limit: 100)
    for number in 0..<1000 {
      oldest.add(UInt64(number), usedAt: Timestamp(seconds: Int64((number * 7919) % 1000)))
    }
    #expect(oldest.filter(within: .min...rank(50 * second)) != nil)
    #expect(oldest.filter(within: .min...rank(200 * second)) == nil)
  }

  @Test("few pass that were not put in")
  func fewOthers() {
    var filter = InodeFilter(capacity: 10_000)
    for number in 0..<10_000 as Range<UInt64> { filter.insert(mark: InodeFilter.mark(of: number)) }
    let others = (10_000..<110_000 as Range<UInt64>).count { filter.mayContain($0) }
    #expect(others < 5_000, "one in twenty at most: \(others)")
  }

  @Test("a scan looks at the objects that pass, and at all directories")
  func scanned() throws {
    let scratch = ScratchDirectory()
    try scratch.makeCache(objects: 200)
    let store = try Store(path: scratch.path("cache-root"))
    let all = try Scanner(store, ScanOptions(threads: 2)).run { Numbers() }.visitor
    #expect(all.objects.count == 200)
    let wanted = Set(all.objects.sorted().prefix(10))
    var filter = InodeFilter(capacity: 1000)
    for inode in wanted { filter.insert(mark: InodeFilter.mark(of: inode)) }
    var options = ScanOptions(threads: 2)
    options.inodes = filter
    let some = try Scanner(store, options).run { Numbers() }.visitor
    #expect(some.objects.isSuperset(of: wanted))
    #expect(some.objects.count < 40)
    #expect(some.others == all.others)
  }

  /// The inode numbers of objects, and of everything else.
  private struct Numbers: ScanVisitor {
    var objects: Set<UInt64> = []
    var others: Set<UInt64> = []
    mutating func visit(_ entry: borrowing ScanEntry) {
      if entry.place == .object { objects.insert(entry.status.inode) } else { others.insert(entry.status.inode) }
    }
    mutating func merge(_ other: consuming Numbers) {
      objects.formUnion(other.objects)
      others.formUnion(other.others)
    }
  }
}
