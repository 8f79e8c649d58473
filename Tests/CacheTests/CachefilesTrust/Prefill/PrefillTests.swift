// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesTrust

/// Filling a cache on purpose: what is missing is read, and only that, and what the kernel made of it is told.
@Suite("Filling a cache")
struct PrefillTests {
  private struct Result {
    var report: PrefillReport
    var files: [FilledFile]
    var failures: [StoreError]

    func state(_ path: [UInt8]) -> FilledFile.State? { files.first { $0.path == path }?.state }
  }

  private func fill(
    _ tree: MountedTree, _ names: [String] = [""], _ change: (inout PrefillOptions) -> Void = { _ in }
  ) throws -> Result {
    let (files, failures) = (Collector<FilledFile>(), Collector<StoreError>())
    var options = PrefillOptions()
    options.threads = 3
    options.settling = .milliseconds(200)
    options.pause = .milliseconds(20)
    options.kernel = KernelRelease(7, 2)
    options.onFile = { files.add($0) }
    options.onFailure = { failures.add($0) }
    change(&options)
    let report = try Prefill(try tree.side(), SystemFacts(), options).run(
      names.map { $0.isEmpty ? tree.scratch.path("mnt").bytes : tree.path($0) }, isRecursive: true)
    return Result(report: report, files: files.all, failures: failures.all)
  }

  /// Files that are cached whole, in part, not at all, and of which the copy is stale.
  private func prepare() throws -> MountedTree {
    let tree = try MountedTree()
    for (index, name) in ["whole", "part", "none", "stale", "zero"].enumerated() {
      try tree.write(name, name == "zero" ? [] : VerifyTests.noise(30_000, UInt64(index)))
    }
    try tree.cache("whole")
    try tree.cache("part", blocks: [1, 2, 5])
    try tree.cache("stale", size: 29_999)
    return tree
  }

  @Test(
    "What is missing is read, and nothing else; when the kernel has stored it all is well, and nothing is left to read")
  func fills() throws {
    let tree = try prepare()
    let result = try fill(tree) { options in
      options.afterReading = { for name in ["part", "none", "stale", "zero"] { _ = try? tree.cache(name) } }
    }
    #expect(result.failures == [])
    #expect(result.report.files == [.whole: 1, .filled: 4])
    let missing = UInt64(30_000 - 3 * 4096 + 30_000 + 30_000)
    #expect(result.report.missingBytes == missing)
    #expect(result.report.readBytes == missing)
    #expect(result.report.leftBytes == 0)
    #expect(result.report.isDone)
    let again = try fill(tree)
    #expect(again.report.files == [.whole: 5])
    #expect(again.report.readBytes == 0)
  }

  @Test("A file whose object a crash left dirty is read: the kernel replaces it")
  func leftDirty() throws {
    let tree = try MountedTree()
    try tree.write("f", VerifyTests.noise(30_000, 1))
    try tree.cache("f", content: .dirty)
    let result = try fill(tree) { options in options.afterReading = { _ = try? tree.cache("f") } }
    #expect(result.report.files == [.filled: 1])
    #expect(result.report.readBytes == 30_000)
    // No kernel replaced it.
    try tree.cache("f", content: .dirty)
    #expect(try fill(tree).report.files == [.partial: 1])
  }

  @Test("A file that goes after it was read counts as an error, with a line")
  func gone() throws {
    let tree = try MountedTree()
    try tree.write("f", VerifyTests.noise(30_000, 1))
    let result = try fill(tree) { options in
      options.afterReading = { try? FileManager.default.removeItem(atPath: "\(tree.scratch.path)/mnt/f") }
    }
    #expect(result.report.files == [.failed: 1])
    #expect(result.failures.map(\.path) == [tree.path("f")])
    #expect(result.report.errors == 1)
  }

  @Test("The length of a file takes no memory, and lengths beyond all numbers add up to the largest")
  func veryLong() throws {
    let tree = try MountedTree()
    for name in ["a", "b", "c"] {
      try tree.write(name, [])
      // A file system that has no such lengths has nothing to test.
      guard truncate("\(tree.scratch.path)/mnt/\(name)", 7 << 60) == 0 else { return }
    }
    let result = try fill(tree) { options in
      options.threads = 1
      options.maximumBytes = 1 << 20
    }
    #expect(result.report.stop == .maximumBytes)
    #expect(result.report.files == [.left: 3])
    #expect(result.report.missingBytes == .max)
    let survey = CachedFileSurvey(try tree.side(), SystemFacts(), threads: 1, timeout: .seconds(60)) { _ in }
    let mount = tree.scratch.path("mnt").bytes
    #expect(survey.look(at: mount, isRecursive: true) { _ in }.directories[mount]?.fileBytes == .max)
  }

  @Test("What the kernel does not store is told with the reason, and is no success")
  func doesNotStick() throws {
    let tree = try prepare()
    let result = try fill(tree)
    #expect(result.report.files == [.whole: 1, .partial: 2, .uncached: 2])
    #expect(!result.report.isDone)
    #expect(result.report.reasons["the kernel did not store all that was read"] == 1)
    #expect(result.report.reasons["the kernel made no object"] == 2)
    #expect(result.state(tree.path("stale")) == .partial)
  }

  @Test("What the kernel stores at the second time only is read once more")
  func secondRound() throws {
    let tree = try MountedTree()
    try tree.write("f", VerifyTests.noise(30_000, 1))
    let calls = Collector<Int>()
    let result = try fill(tree) { options in
      options.afterReading = {
        calls.add(1)
        _ = try? tree.cache("f", blocks: calls.all.count == 1 ? [0, 1, 2, 4, 5] : nil)
      }
    }
    #expect(calls.all.count == 2)
    #expect(result.report.files == [.filled: 1])
    #expect(result.report.missingBytes == 30_000)
    #expect(result.report.readBytes == 30_000 + 30_000 - 5 * 4096)
    #expect(result.files.count == 1)
  }

  @Test("A last block that 6.12 does not store is said, and is no failure; on other kernels it is one")
  func tails() throws {
    for (release, state) in [(KernelRelease(6, 12), FilledFile.State.tail), (KernelRelease(7, 2), .partial)] {
      let tree = try MountedTree()
      try tree.write("f", VerifyTests.noise(30_000, 1))
      let result = try fill(tree) { options in
        options.kernel = release
        options.afterReading = { _ = try? tree.cache("f", blocks: [0, 1, 2, 3, 4, 5, 6]) }
      }
      #expect(result.report.files == [state: 1])
      #expect(result.report.isDone == (state == .tail))
      #expect(result.report.leftBytes == 30_000 - 7 * 4096)
    }
  }

  @Test("A mount that is not cached is not read")
  func uncached() throws {
    let tree = try MountedTree(options: "rw,cache=none")
    try tree.write("f", VerifyTests.noise(30_000, 1))
    let result = try fill(tree)
    #expect(result.report.files == [.uncached: 1])
    #expect(result.report.readBytes == 0)
    #expect(result.report.reasons.keys.contains { $0.contains("without cache=fscache") })
    #expect(!result.report.isDone)
  }

  @Test("No more is read than is allowed")
  func maximum() throws {
    let tree = try MountedTree()
    for index in 0..<8 { try tree.write("f\(index)", VerifyTests.noise(40_000, UInt64(index))) }
    let result = try fill(tree) { $0.maximumBytes = 100_000 }
    #expect(result.report.readBytes <= 100_000)
    #expect(result.report.readBytes >= 40_000)
    #expect(result.report.stop == .maximumBytes)
    #expect(result.report.count(.left) >= 5)
  }

  @Test("Nothing is read where that would begin the culling, nor beyond the share that is to stay free")
  func room() throws {
    let tree = try prepare()
    let store = try Store(path: tree.scratch.path("cache-root"))
    var tight = CullPercentages()
    (tight.brun, tight.bcull, tight.bstop) = (99, 98, 1)
    (tight.frun, tight.fcull, tight.fstop) = (99, 98, 1)
    let free = try store.root.fileSystem()
    for bound in [RoomGuard.Bound.culling(tight), .free(100)] {
      // The file system of a test can be empty.
      guard free.availableBlocks < free.blocks / 100 * 98 || bound == .free(100) else { continue }
      let room = try RoomGuard(store, bound)
      let result = try fill(tree) { $0.room = room }
      #expect(result.report.readBytes == 0)
      #expect(result.report.count(.left) == 4)
      #expect(!result.report.isDone || bound == .free(100))
      guard case .room? = result.report.stop else {
        Issue.record("it did not stop")
        continue
      }
    }
    let wide = try RoomGuard(store, .free(0))
    #expect(wide.objection(bytes: 0, objects: 0) == nil)
    // What was read counts, stored or not.
    let half = try RoomGuard(store, .free(Double(free.availableBlocks) / Double(free.blocks) * 50))
    #expect(half.objection(bytes: 0, objects: 0) == nil)
    #expect(half.objection(bytes: free.availableBlocks * free.blockSize / 4 * 3, objects: 0) != nil)
  }

  @Test("A dry run reads nothing and says what it would read")
  func dryRun() throws {
    let tree = try prepare()
    let result = try fill(tree) { $0.isDryRun = true }
    #expect(result.report.files == [.whole: 1, .left: 4])
    #expect(result.report.readBytes == 0)
    #expect(result.report.missingBytes == UInt64(30_000 - 3 * 4096 + 60_000))
  }

  @Test("What lies between runs of data is what is missing: all layouts of eight blocks")
  func gaps() {
    for layout in 0..<256 {
      let present = (0..<8).filter { layout & 1 << $0 != 0 }
      var runs: [Range<UInt64>] = []
      for block in present {
        let (start, end) = (UInt64(block * 4096), min(30_000, UInt64((block + 1) * 4096)))
        if let last = runs.last, last.upperBound == start {
          runs[runs.count - 1] = last.lowerBound..<end
        } else {
          runs.append(start..<end)
        }
      }
      let gaps = FillItem.gaps(runs, size: 30_000)
      var bytes = [Bool](repeating: false, count: 30_000)
      for range in runs + gaps { for index in range { bytes[Int(index)].toggle() } }
      #expect(bytes.allSatisfy { $0 }, "\(layout)")
    }
  }

  #if FAULTS
    @Test("Each call that fails is told, and never makes a file whole", arguments: Syscall.allCases)
    func faults(name: Syscall) throws {
      for ordinal in 0...2 {
        let tree = try MountedTree()
        try tree.write("f", VerifyTests.noise(30_000, 1))
        let plan = FaultPlan(failing: name, ordinal: ordinal, with: .ioError)
        let result = try? plan.run { try fill(tree, ["f"]) { $0.settling = .zero } }
        guard let result else { continue }
        #expect(result.report.count(.whole) + result.report.count(.filled) == 0, "\(name)")
        #expect(!result.report.isDone, "\(name)")
      }
    }
  #endif
}
