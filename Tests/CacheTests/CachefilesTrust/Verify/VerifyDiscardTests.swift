// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesTrust
import Foundation
import LinuxIO
import StoreTestSupport
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesStore

/// Removing what is wrong, from a cache that nobody holds and from one in use.
@Suite("Removal of wrong objects")
struct VerifyDiscardTests {
  /// Four files: one right, two wrong, one wrong and open for writing.
  private func prepare(_ tree: MountedTree) throws -> [String] {
    var objects: [String] = []
    for (index, name) in ["right", "wrong1", "wrong2", "dirty"].enumerated() {
      try tree.write(name, VerifyTests.noise(20_000, UInt64(index)))
      objects.append(
        try tree.cache(
          name, blocks: [0, 1, 2], wrong: index == 0 ? [] : [5000 + index], content: name == "dirty" ? .dirty : .noData)
      )
    }
    return objects
  }

  private func exists(_ tree: MountedTree, _ object: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(tree.scratch.path)/\(object)")
  }

  private func free(_ tree: MountedTree) -> LivenessSources {
    LivenessSources(kernel: KernelRelease(6, 12), caches: tree.scratch.path("no such file"))
  }

  @Test("Of a cache that nobody holds wrong objects are unlinked, and all others stay")
  func offline() throws {
    let tree = try MountedTree()
    let objects = try prepare(tree)
    let store = try Store(path: tree.scratch.path("cache-root"))
    let sources = free(tree)
    let result = try tree.verify(discard: { () throws(Refusal) in try store.removalRight(live: false, sources) })
    #expect(result.report.verdict == .wrong)
    #expect(result.report.refusal == nil)
    #expect(result.report.wrong.map(\.removal) == [.removed, .removed])
    #expect(objects.map { exists(tree, $0) } == [true, false, false, true])
    let again = try tree.verify()
    #expect(again.report.tally.files == [.right: 1, .absent: 2, .dirty: 1])
  }

  @Test("An object that has two names on the mount is removed once, and is gone by both")
  func links() throws {
    let tree = try MountedTree()
    try tree.write("f", VerifyTests.noise(20_000, 1))
    try tree.cache("f", wrong: [77])
    try FileManager.default.linkItem(
      atPath: "\(tree.scratch.path)/mnt/f", toPath: "\(tree.scratch.path)/mnt/g")
    let store = try Store(path: tree.scratch.path("cache-root"))
    let sources = free(tree)
    let result = try tree.verify(discard: { () throws(Refusal) in try store.removalRight(live: false, sources) })
    #expect(result.report.wrong.map(\.path) == ["f", "g"].map { tree.path($0) })
    #expect(result.report.wrong.map(\.removal) == [.removed, .removed])
  }

  @Test("What was not asked for stays")
  func notAsked() throws {
    let tree = try MountedTree()
    let objects = try prepare(tree)
    #expect(try tree.verify().report.wrong.map(\.removal) == [nil, nil])
    #expect(objects.allSatisfy { exists(tree, $0) })
  }

  @Test("A cache that another program has locked keeps all, and the refusal is told")
  func locked() throws {
    let tree = try MountedTree()
    let objects = try prepare(tree)
    let store = try Store(path: tree.scratch.path("cache-root"))
    let sources = free(tree)
    let hold = try Store(path: tree.scratch.path("cache-root")).hold(sources)
    let result = try tree.verify(discard: { () throws(Refusal) in try store.removalRight(live: false, sources) })
    #expect(result.report.refusal == .locked)
    #expect(result.report.tally.count(.wrong) == 2)
    #expect(objects.allSatisfy { exists(tree, $0) })
    _ = hold
  }

  @Test("An object that became another before it goes stays")
  func becameAnother() throws {
    let tree = try MountedTree()
    let objects = try prepare(tree)
    let store = try Store(path: tree.scratch.path("cache-root"))
    let sources = free(tree)
    let result = try tree.verify(discard: { () throws(Refusal) in
      // The kernel stores one of them anew, as another inode, and another is opened for writing.
      let old = open("\(tree.scratch.path)/\(objects[1])", O_RDONLY)
      defer { close(old) }
      unlink("\(tree.scratch.path)/\(objects[1])")
      _ = try? tree.cache("wrong1")
      setAttribute(
        "\(tree.scratch.path)/\(objects[2])",
        ObjectRecord(objectSize: 20_000, content: .dirty, coherency: [1, 2, 3, 4]).bytes)
      return try store.removalRight(live: false, sources)
    })
    #expect(result.report.wrong.map(\.removal) == [.changed, .changed])
    #expect(objects.allSatisfy { exists(tree, $0) })
  }

  @Test(
    "Of a cache in use they go with the kernel's leave; one in use is asked for again and stays in the end",
    .enabled(if: TracingRights() == .possible))
  func live() throws {
    let tree = try MountedTree()
    let objects = try prepare(tree)
    let daemon = try FakeDaemon(tree.scratch)
    let names = objects.map { Array(($0.split(separator: "/").last ?? "").utf8) }
    daemon.kernel.busy.withLock { _ = $0.insert(names[2]) }
    let result = try FakeDaemon.inUse {
      let store = try Store(path: tree.scratch.path("cache-root"))
      return try tree.verify {
        $0.patience = .milliseconds(1200)
      } discard: { () throws(Refusal) in
        try store.removalRight(live: true, daemon.sources)
      }
    }
    #expect(result.report.refusal == nil)
    #expect(result.report.wrong.map(\.removal) == [.removed, .inUse])
    #expect(objects.map { exists(tree, $0) } == [true, false, true, true])
    #expect(daemon.kernel.culled.withLock { $0 } == [names[1]])
  }

  #if FAULTS
    @Test("A removal that fails is told, and the rest goes on")
    func fails() throws {
      let tree = try MountedTree()
      let objects = try prepare(tree)
      let store = try Store(path: tree.scratch.path("cache-root"))
      let sources = free(tree)
      let plan = FaultPlan(failing: .unlinkat, ordinal: 1, with: .ioError)
      let result = try plan.run {
        try tree.verify(discard: { () throws(Refusal) in try store.removalRight(live: false, sources) })
      }
      #expect(result.report.wrong.map(\.removal) == [.failed, .removed])
      #expect(result.failures.map(\.operation) == ["remove"])
      #expect(result.report.errors == 1)
      #expect(objects.map { exists(tree, $0) } == [true, true, false, true])
    }
  #endif
}
