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

/// Files and objects that change while they are compared.
@Suite("Verification of what changes meanwhile")
struct VerifyMeanwhileTests {
  @Test("A file that is written to between two looks is compared anew, and is right in the end")
  func written() throws {
    let tree = try MountedTree()
    try tree.write("f", VerifyTests.noise(9000, 3))
    let object = try tree.cache("f", wrong: [5000])
    let full = "\(tree.scratch.path)/\(object)"
    let result = try tree.verify { options in
      options.beforeRecheck = { _ in
        // What the disk had was old: the kernel has stored the block again.
        let file = try? FileHandle(forUpdating: URL(fileURLWithPath: full))
        try? file?.seek(toOffset: 4096)
        try? file?.write(contentsOf: Data(VerifyTests.noise(9000, 3)[4096..<8192]))
        try? file?.close()
      }
    }
    #expect(result.report.verdict == .right)
    #expect(result.file(tree.path("f"))?.comparedBytes == 9000)
  }

  @Test("A file that changes at each look is called changing, and never wrong")
  func changing() throws {
    let tree = try MountedTree()
    try tree.write("f", VerifyTests.noise(9000, 3))
    let object = try tree.cache("f", wrong: [5000])
    let full = "\(tree.scratch.path)/\(object)"
    let looks = Collector<[UInt8]>()
    let result = try tree.verify { options in
      options.beforeRecheck = { path in
        looks.add(path)
        let file = try? FileHandle(forUpdating: URL(fileURLWithPath: full))
        try? file?.seek(toOffset: 5000)
        try? file?.write(contentsOf: Data([UInt8(looks.all.count)]))
        try? file?.close()
      }
    }
    #expect(looks.all.count == 4)
    #expect(result.report.tally.files == [.changing: 1])
    #expect(result.report.verdict == .unknown)
    #expect(result.report.wrong == [])
  }

  @Test("A file that changes on the server before the second look is stale, not wrong")
  func changedOnServer() throws {
    let tree = try MountedTree()
    try tree.write("f", VerifyTests.noise(9000, 3))
    try tree.cache("f", wrong: [5000])
    let full = String(decoding: tree.path("f"), as: UTF8.self)
    let result = try tree.verify { options in options.beforeRecheck = { _ in truncate(full, 8000) } }
    #expect(result.report.tally.files == [.stale: 1])
  }

  @Test("An object that is replaced before the second look is compared anew")
  func replaced() throws {
    let tree = try MountedTree()
    try tree.write("f", VerifyTests.noise(9000, 3))
    let object = try tree.cache("f", wrong: [5000])
    let full = "\(tree.scratch.path)/\(object)"
    let result = try tree.verify { options in
      options.beforeRecheck = { _ in
        unlink(full)
        _ = try? tree.cache("f", blocks: [0, 2])
      }
    }
    #expect(result.report.tally.files == [.right: 1])
    #expect(result.report.tally.comparedBytes == 9000 - 4096)
  }

  @Test("A file that is gone, or another by now, is changing")
  func gone() throws {
    let tree = try MountedTree()
    try tree.write("f", VerifyTests.noise(9000, 3))
    try tree.cache("f", wrong: [5000])
    let full = String(decoding: tree.path("f"), as: UTF8.self)
    let result = try tree.verify { options in
      options.beforeRecheck = { _ in
        rename(full, full + ".old")
        symlink(full + ".old", full)
      }
    }
    // The link leads to the same file, so that it is compared all the same.
    #expect(result.report.tally.files == [.wrong: 1])
  }

  @Test("What is no file any more is changing, and a FIFO in its place blocks nobody")
  func noFile() throws {
    let tree = try MountedTree()
    for name in ["fifo", "directory"] {
      try tree.write(name, VerifyTests.noise(9000, 3))
      try tree.cache(name, wrong: [5000])
    }
    let result = try tree.verify { options in
      options.beforeRecheck = { path in
        let full = String(decoding: path, as: UTF8.self)
        unlink(full)
        if full.hasSuffix("fifo") { mkfifo(full, 0o600) } else { mkdir(full, 0o700) }
      }
    }
    #expect(result.report.wrong == [])
    #expect(result.report.tally.count(.wrong) == 0)
    #expect(result.report.verdict == .unknown)
  }

  @Test("A large file is compared in parts, by several threads, and is one file in the end")
  func largeFile() throws {
    let tree = try MountedTree()
    let size = 600 << 20
    try tree.write("large", [])
    try tree.write("empty-copy", [])
    #expect(truncate(String(decoding: tree.path("large"), as: UTF8.self), off_t(size)) == 0)
    // The server has zeros; blocks of the copy are here and there, some at the borders of parts.
    let object = "\(tree.scratch.path)/" + (try tree.object("large"))
    try tree.scratch.write(try tree.object("large"))
    truncate(object, off_t(size))
    let blocks = [0, 65_535, 65_536, 100_000, 131_071, 131_072, size / 4096 - 1]
    let wrong: Set = [65_535, 65_536, 131_072]
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: object))
    for block in blocks {
      try file.seek(toOffset: UInt64(block * 4096))
      var bytes = [UInt8](repeating: 0, count: 4096)
      if wrong.contains(block) { bytes[block == 65_535 ? 4095 : 0] = 9 }
      try file.write(contentsOf: Data(bytes))
    }
    try file.close()
    setAttribute(object, ObjectRecord(objectSize: UInt64(size), coherency: [1, 2, 3, 4]).bytes)
    let result = try tree.verify(["large"])
    let found = try #require(result.report.wrong.first)
    #expect(result.report.tally.files == [.wrong: 1])
    #expect(found.comparedBytes == UInt64(blocks.count * 4096))
    #expect(found.wrongBytes == 3)
    let offsets = found.ranges.map { Int($0.offset) }
    let border = 65_536 * 4096
    #expect(offsets == [border - 1, border, 131_072 * 4096])
  }

  /// The running system, which answers once for each file and never again.
  private struct SilentSource: FileFactSource {
    let asked = Collector<[UInt8]>()
    func file(_ path: [UInt8], in mounts: MountTable) throws(StoreError) -> ObservedFile {
      while asked.all.contains(path) { Pause.microseconds(50_000) }
      let file = try SystemFacts().file(path, in: mounts)
      if file.facts.fileType == FileFacts.regular { asked.add(path) }
      return file
    }
    func forEachFile(
      below path: [UInt8], in mounts: MountTable, _ walk: TreeWalk,
      _ body: @escaping @Sendable (Int, ObservedFile) -> Void
    ) {
      SystemFacts().forEachFile(below: path, in: mounts, walk) { number, file in
        asked.add(file.path)
        body(number, file)
      }
    }
    func path(of handle: FileFacts.Handle, on directory: [UInt8]) -> [UInt8]? { nil }
  }

  @Test("A server that does not answer any more costs the time that was allowed, and the verdict is unknown")
  func silence() throws {
    let tree = try MountedTree()
    for index in 0..<5 {
      try tree.write("f\(index)", VerifyTests.noise(9000, 3))
      try tree.cache("f\(index)")
    }
    let result = try tree.verify(source: SilentSource()) { $0.timeout = .milliseconds(300) }
    #expect(result.failures.map(\.error) == [.timedOut])
    #expect(result.report.left == 5)
    #expect(result.report.verdict == .unknown)
    #expect(!result.report.isFinished)
  }
}
