// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import Foundation
import LinuxIO
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesTrust

/// Comparing cached files with their server: what is wrong is found, all of it and nothing else, and nothing is called wrong that is
/// not, or right that was not compared.
@Suite("Verification of cached bytes")
struct VerifyTests {
  /// Bytes that look like nothing.
  static func noise(_ count: Int, _ seed: UInt64) -> [UInt8] {
    var numbers = SplitMix64(seed: seed)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count { withUnsafeBytes(of: numbers.next()) { bytes += Array($0) } }
    return Array(bytes.prefix(count))
  }

  @Test("Whole, part, a missing tail, holes and an empty object: what is there is compared, and is right")
  func right() throws {
    let tree = try MountedTree()
    for (index, name) in ["whole", "part", "tail", "empty", "none", "zero"].enumerated() {
      try tree.write(name, name == "zero" ? [] : Self.noise(30_000, UInt64(index)))
    }
    try tree.cache("whole")
    try tree.cache("part", blocks: [1, 3, 4])
    try tree.cache("tail", blocks: [0, 1, 2, 3, 4, 5, 6])
    try tree.cache("empty", blocks: [])
    try tree.cache("zero")
    let result = try tree.verify()
    #expect(result.failures == [])
    #expect(result.report.verdict == .right)
    #expect(result.report.tally.files == [.right: 3, .empty: 2, .absent: 1])
    #expect(result.report.tally.comparedBytes == 30_000 + 3 * 4096 + 7 * 4096)
    #expect(result.file(tree.path("whole"))?.comparedBytes == 30_000)
    #expect(result.report.wrong == [])
  }

  @Test("Inverted bytes are all found, and nothing else, whatever the layout", arguments: 0..<24)
  func inverted(round: Int) throws {
    var numbers = SplitMix64(seed: UInt64(round) &* 77 &+ 5)
    let tree = try MountedTree()
    var expected: [[UInt8]: Set<Int>] = [:]
    var bytesInBlocks = 0
    for index in 0..<6 {
      let size = Int.random(in: 1...(index == 0 ? 3_000_000 : 200_000), using: &numbers)
      let name = "f\(index)"
      try tree.write(name, Self.noise(size, numbers.next()))
      let all = Array(0..<(size + 4095) / 4096)
      let blocks = all.filter { _ in Int.random(in: 0..<4, using: &numbers) > 0 }
      // In holes, behind the end, at borders, side by side: only what is data within the file counts.
      var wrong = Set(
        (0..<Int.random(in: 0...6, using: &numbers)).map { _ in Int.random(in: 0..<size, using: &numbers) })
      if Bool.random(using: &numbers), size % 4096 != 0 { wrong.insert(size) }
      if let block = blocks.first, Bool.random(using: &numbers) { wrong.insert(block * 4096) }
      if let block = blocks.last, (block + 1) * 4096 <= size {
        wrong.formUnion([block * 4096 + 4094, block * 4096 + 4095])
      }
      try tree.cache(name, blocks: blocks, wrong: wrong.filter { $0 < all.count * 4096 }.sorted())
      let within = Set(wrong.filter { blocks.contains($0 / 4096) && $0 < size })
      if !within.isEmpty { expected[tree.path(name)] = within }
      bytesInBlocks += blocks.reduce(0) { $0 + min(size, ($1 + 1) * 4096) - $1 * 4096 }
    }
    let result = try tree.verify()
    #expect(result.failures == [])
    var found: [[UInt8]: Set<Int>] = [:]
    for file in result.report.wrong {
      found[file.path] = Set(file.ranges.flatMap { Array(Int($0.offset)..<Int($0.offset + $0.length)) })
      #expect(file.wrongBytes == UInt64(found[file.path]?.count ?? 0))
      #expect(file.wrongRanges == file.ranges.count)
      let server = [UInt8](try Data(contentsOf: URL(fileURLWithPath: String(decoding: file.path, as: UTF8.self))))
      for range in file.ranges {
        let truth = Array(server[Int(range.offset)..<Int(range.offset + range.length)].prefix(WrongRange.shownBytes))
        #expect(range.server == truth)
        #expect(range.cache == truth.map { $0 ^ 0xff })
      }
    }
    #expect(found == expected)
    #expect(result.report.tally.wrongBytes == UInt64(expected.values.reduce(0) { $0 + $1.count }))
    #expect(result.report.tally.comparedBytes == UInt64(bytesInBlocks))
    #expect(result.report.verdict == (expected.isEmpty ? .right : .wrong))
  }

  @Test("Records are judged first: what is stale or dirty is no error and is not compared")
  func judgedFirst() throws {
    let tree = try MountedTree()
    for name in ["stale", "dirty", "sound"] { try tree.write(name, Self.noise(9000, 3)) }
    try tree.cache("stale", wrong: [10], size: 8999)
    try tree.cache("dirty", wrong: [10], content: .dirty)
    try tree.cache("sound")
    let result = try tree.verify()
    #expect(result.report.tally.files == [.stale: 1, .dirty: 1, .right: 1])
    #expect(result.report.verdict == .right)
    #expect(result.report.tally.comparedBytes == 9000)
  }

  @Test("Where nothing is compared the verdict is unknown, and never right")
  func nothing() throws {
    let tree = try MountedTree()
    try tree.write("f", Self.noise(9000, 3))
    #expect(try tree.verify().report.verdict == .unknown)
    try tree.cache("f", blocks: [])
    #expect(try tree.verify().report.verdict == .unknown)
    let plain = try MountedTree(options: "rw,cache=none")
    try plain.write("f", Self.noise(9000, 3))
    let result = try plain.verify()
    #expect(result.report.verdict == .unknown)
    #expect(result.report.reasons.keys.contains { $0.contains("without cache=fscache") })
  }

  // MARK: Where the server's bytes come from

  @Test("A mount whose direct reads are not known to go to the server is refused with the reason")
  func refused() throws {
    let tree = try MountedTree()
    for name in ["a", "b"] {
      try tree.write(name, Self.noise(9000, 3))
      try tree.cache(name, wrong: [1])
    }
    let result = try tree.verify { $0.kernel = KernelRelease(6, 0) }
    #expect(result.report.tally.files == [.refused: 2])
    #expect(result.report.verdict == .unknown)
    #expect(
      result.report.reasons == [
        "refused: a direct read of 9p is known to go to the server from Linux 6.1 on; this is 6.0": 2
      ])
  }

  @Test("A second mount of the same source is compared with; one that is cached or of something else is refused")
  func against() throws {
    let scratch = ScratchDirectory()
    let other = "\(scratch.path)/other"
    let lines = ["p9src rw,cache=none", "p9src rw,cache=fscache", "p9other rw,cache=none"].enumerated().map {
      "\(40 + $0.offset) 22 0:\(60 + $0.offset) / \(other)\($0.offset) rw - 9p \($0.element)"
    }
    let tree = try MountedTree(more: lines)
    for index in 0..<3 { try scratch.makeDirectory("other\(index)") }
    try tree.write("d/f", Self.noise(9000, 3))
    try tree.cache("d/f", wrong: [5000])
    let source = String(decoding: tree.path("d/f"), as: UTF8.self)
    for index in 0..<3 {
      try scratch.makeDirectory("other\(index)/d")
      #expect(try Command.run("/bin/cp", ["-p", source, "\(other)\(index)/d/f"]).status == 0)
    }
    let mounts = try tree.side().mounts
    func mount(_ index: Int) throws -> OtherMount {
      try OtherMount(Array("\(other)\(index)".utf8), in: mounts, SystemFacts(), kernel: KernelRelease(6, 12))
    }
    let result = try tree.verify { $0.other = try? mount(0) }
    #expect(result.report.wrong.map(\.ranges.count) == [1])
    #expect(result.report.wrong.first?.ranges.first?.offset == 5000)
    #expect(throws: StoreError.self) { _ = try mount(1) }
    let third = try mount(2)
    let refused = try tree.verify { $0.other = third }
    #expect(refused.report.tally.files == [.refused: 1])
    // There the file is another one by now.
    try Data([1]).write(to: URL(fileURLWithPath: "\(other)0/d/f"))
    let moved = try tree.verify { $0.other = try? mount(0) }
    #expect(moved.report.tally.files == [VerifiedFile.State.changing: 1])
  }

  // MARK: Limits

  @Test("A sample compares some blocks, the same for the same seed, and says what it would have found")
  func sample() throws {
    let tree = try MountedTree()
    try tree.write("f", Self.noise(4 << 20, 3))
    try tree.cache("f", wrong: [100])
    func run(_ share: Double, _ seed: UInt64) throws -> VerifyReport {
      try tree.verify { $0.sample = BlockSample(share: share, seed: seed) }.report
    }
    let first = try run(0.25, 1)
    #expect(first.tally.allBlocks == 64)
    #expect((4...32).contains(first.tally.blocks))
    #expect(first.tally.comparedBytes == UInt64(first.tally.blocks) << 16)
    #expect(try run(0.25, 1).tally == first.tally)
    let found = try (0..<40).count { try run(0.25, UInt64($0)).verdict == .wrong }
    #expect((2...20).contains(found), "the one wrong block was in \(found) of 40 samples of a quarter")
    let none = try run(0, 1)
    #expect(none.tally.files == [.unsampled: 1])
    #expect(none.verdict == .unknown)
  }

  @Test("The time that is allowed ends it between two pieces; what is left is counted")
  func maximumTime() throws {
    let tree = try MountedTree()
    for index in 0..<3 {
      try tree.write("f\(index)", Self.noise(9000, 3))
      try tree.cache("f\(index)")
    }
    let result = try tree.verify { $0.maximumTime = .zero }
    #expect(result.report.left + result.report.tally.fileCount <= 3)
    #expect(result.report.verdict == .unknown)
    #expect(!result.report.isFinished)
  }

  @Test("The end comes within a tree that is still being listed, and the verdict is not that all is well")
  func endWhileListing() throws {
    let tree = try MountedTree()
    for index in 0..<200 { try tree.write("f\(index)", [1]) }
    let asked = Atomic<Int>(0)
    let result = try tree.verify { options in
      options.isCancelled = { asked.add(1, ordering: .relaxed).newValue > 20 }
    }
    // None of them is cached: each would be counted when it is looked at.
    #expect(result.report.tally.fileCount < 100)
    #expect(!result.report.isFinished)
    #expect(result.report.verdict == .unknown)
  }

  @Test("The rate holds over all threads")
  func rate() throws {
    let tree = try MountedTree()
    for index in 0..<4 {
      try tree.write("f\(index)", Self.noise(50_000, 3))
      try tree.cache("f\(index)")
    }
    let start = ContinuousClock.now
    #expect(try tree.verify { $0.rate = 400_000 }.report.verdict == .right)
    // 200,000 bytes, of which the last piece need not be waited for.
    #expect(ContinuousClock.now - start >= .milliseconds(350))
  }

  @Test("Objects and files keep their access times")
  func untouched() throws {
    let tree = try MountedTree()
    try tree.write("f", Self.noise(9000, 3))
    let object = try tree.cache("f", wrong: [7])
    _ = try Command.run("/usr/bin/touch", ["-a", "-d", "@1000000000", "\(tree.scratch.path)/\(object)"])
    _ = try tree.verify()
    #expect(try FileStatus.of(tree.scratch.path(object)).access == 1_000_000_000_000_000_000)
  }

  #if FAULTS
    @Test("Each call that fails is told, and never makes a verdict of right", arguments: Syscall.allCases)
    func faults(name: Syscall) throws {
      let tree = try MountedTree()
      try tree.write("f", Self.noise(9000, 3))
      try tree.cache("f")
      for ordinal in 0...3 {
        let plan = FaultPlan(failing: name, ordinal: ordinal, with: .ioError)
        let result = try? plan.run { try tree.verify(["f"]) }
        guard plan.failed > 0, let result else { continue }
        #expect(result.report.tally.count(.wrong) == 0)
        if result.report.verdict == .right {
          // Only what can be done without, or was done again.
          #expect(result.report.tally.comparedBytes == 9000, "\(name) \(ordinal)")
        } else {
          #expect(result.report.verdict == .unknown, "\(name) \(ordinal)")
        }
      }
    }
  #endif
}
