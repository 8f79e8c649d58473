// SPDX-License-Identifier: Apache-2.0
import CAttr
import CachefilesCheck
import CachefilesFormat
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesSamples
@testable import CachefilesStore
@testable import CachefilesUpkeep

/// Copies of caches are the same in everything that a kernel looks at.
@Suite("Copies")
struct CopyTests {
  let scratch = ScratchDirectory()

  @Test(
    "every captured cache: runs of data, bytes, records, modes, owners, times and disk usage are the same",
    .enabled(if: isRoot, "needs root: some may be read by nobody else"),
    arguments: ["6.1", "6.1-afs", "6.12", "6.12-ganesha"])
  func captures(name: String) throws {
    try scratch.write(capture: name)
    let before = scratch.portrait("cache-root")
    let result = try scratch.copy {
      $0.verifies = true
      $0.synchronizes = name == "6.1-afs"
    }
    let objects = scratch.objects()
    #expect(result.failures.isEmpty && result.skips.isEmpty && result.mismatches.isEmpty)
    #expect(result.report.copiedObjects == objects.count)
    #expect(result.report.verified == objects.count)
    #expect(result.report.isComplete)
    #expect(result.report.droppedBytes == 0)
    #expect(scratch.portrait("copy") == before)
    #expect(scratch.portrait("cache-root") == before, "the source is not touched")
    #expect(scratch.parts() == ["cache", "graveyard"])
    // Where the file system puts the data decides whether it needs a block more to find it.
    let usage = try ["copy", "cache-root"].map { try Int64(NaiveWalk.diskUsage("\(scratch.path)/\($0)/cache")) }
    #expect(abs(usage[0] - usage[1]) <= 64 << 10)
    let data = objects.flatMap(NaiveWalk.extents).reduce(0) { $0 + $1[1] }
    #expect(result.report.copiedBytes == UInt64(data))
    let checked = try scratch.check("copy") { $0.isThorough = false }
    #expect(checked.findings.allSatisfy { $0.severity == .note }, "\(checked.essence)")
  }

  @Test("a synthetic cache with holes, by one thread and by many", arguments: [1, 8])
  func synthetic(threads: Int) throws {
    try SyntheticCache(objects: 300, seed: 7, maximumData: 64 << 10, now: ScratchDirectory.now)
      .write(to: scratch.path("cache-root"))
    let result = try scratch.copy {
      $0.threads = threads
      $0.verifies = true
    }
    #expect(result.report.copiedObjects == 300 && result.report.verified == 300)
    #expect(scratch.portrait("copy") == scratch.portrait("cache-root"))
  }

  @Test(
    "the layout before 5.17 is not copied, and that is said",
    .enabled(if: isRoot, "needs root: some may be read by nobody else"))
  func legacy() throws {
    try scratch.write(capture: "5.10")
    let result = try scratch.copy()
    #expect(result.report.hasLegacyTree)
    #expect(result.report.copiedObjects == 0 && result.report.isComplete)
    #expect(scratch.portrait("copy").isEmpty)
  }

  @Test("a second run copies nothing and changes nothing")
  func again() throws {
    try scratch.write(capture: "6.12")
    _ = try scratch.copy()
    let before = scratch.portrait("copy")
    let inodes = NaiveWalk.entries("\(scratch.path)/copy/cache")
    let result = try scratch.copy()
    #expect(result.report.copiedObjects == 0 && result.report.directories == 0)
    #expect(result.report.skipped == [.present: 178, .foreign: 0])
    #expect(scratch.portrait("copy") == before)
    #expect(NaiveWalk.entries("\(scratch.path)/copy/cache") == inodes)
  }

  @Test(
    "modes are those of private caches, and those that the source's entries have",
    .enabled(if: isRoot, "needs root: some may be read by nobody else"))
  func modes() throws {
    try scratch.makeCache(objects: 2)
    let object = scratch.objects()[0]
    chmod(object, 0)
    chmod((object as NSString).deletingLastPathComponent, 0o750)
    if isRoot { chown(object, 65534, 12) }
    setAttribute(object, [1, 2], name: "user.other")
    _ = try scratch.copy()
    #expect(scratch.portrait("copy") == scratch.portrait("cache-root"))
    #expect(NaiveWalk.attribute(Array(scratch.objects("copy")[0].utf8), "user.other") == [1, 2])
    let modes = NaiveWalk.entries("\(scratch.path)/copy").filter { $0.components.count < 2 }.map { $0.mode & 0o7777 }
    #expect(modes == [0o700, 0o700, 0o700])
  }

  @Test("dirty objects stay behind unless they are asked for")
  func dirty() throws {
    try scratch.makeCache(objects: 2)
    let object = scratch.objects()[1]
    setAttribute(object, ObjectRecord(objectSize: 4000, content: .dirty, coherency: [1, 2, 3, 4]).bytes)
    let first = try scratch.copy { $0.verifies = true }
    #expect(first.report.copiedObjects == 1 && first.report.verified == 1)
    #expect(first.skipped == ["dirty: it is dirty"])
    #expect(first.report.isComplete)
    let second = try scratch.copy {
      $0.includesDirty = true
      $0.verifies = true
    }
    #expect(second.report.copiedObjects == 1 && second.report.verified == 2)
    #expect(scratch.portrait("copy") == scratch.portrait("cache-root"))
  }

  @Test("what no kernel would use, and what is none of the cache, is left out and named")
  func unsound() throws {
    try scratch.makeCache(objects: 3)
    removexattr(scratch.objects()[2], "user.CacheFiles.cache")
    let cache = "\(scratch.path)/cache-root/cache"
    let volume = "\(cache)/I9p,p9src,hosttag"
    let fanout = (scratch.objects()[0] as NSString).deletingLastPathComponent
    symlink("/etc/passwd", "\(fanout)/Tabc")
    mkfifo("\(fanout)/Tabd", 0o600)
    try scratch.makeDirectory("cache-root/cache/I9p,p9src,hosttag/\((fanout as NSString).lastPathComponent)/Tabf/x")
    let name = (scratch.objects()[0] as NSString).lastPathComponent
    let elsewhere = fanout.hasSuffix("@00") ? "@01" : "@00"
    try scratch.write("cache-root/cache/I9p,p9src,hosttag/\(elsewhere)/\(name)", [1])
    setAttribute("\(volume)/\(elsewhere)/\(name)", ObjectRecord(objectSize: 1, coherency: [1, 2, 3, 4]).bytes)
    try scratch.write("cache-root/cache/I9p,p9src,hosttag/stray/file")
    try scratch.write("cache-root/cache/I9p,p9src,hosttag/note")
    try scratch.write("cache-root/cache/note")
    symlink("..", "\(cache)/Ilink")
    try scratch.makeDirectory("cache-root/cache/I9p,poisoned,/@00")
    try scratch.write("cache-root/cache/I9p,poisoned,/@00/T1")
    try scratch.write("cache-root/elsewhere")
    let before = scratch.portrait("cache-root")
    let result = try scratch.copy { $0.verifies = true }
    #expect(result.failures.isEmpty)
    #expect(result.report.copiedObjects == 2 && result.report.verified == 2)
    #expect(result.report.skipped == [.unsound: 7, .foreign: 3, .volume: 1])
    #expect(result.skips.count == 10)
    for words in [
      "a symbolic link", "a FIFO", "no user.CacheFiles.cache attribute", "a directory", "belongs in",
      "no part of a cache",
      "a volume that is a symbolic link", "a volume without",
    ] {
      #expect(result.skipped.contains { $0.contains(words) }, "\(words): \(result.skipped)")
    }
    #expect(scratch.objects("copy").count == 2)
    #expect(Set(scratch.portrait("copy")).isSubset(of: before))
    #expect(scratch.portrait("cache-root") == before)
  }

  @Test("names of one file become files of their own")
  func hardLinks() throws {
    try scratch.makeCache(objects: 1)
    let object = scratch.objects()[0]
    // The key of 9P is eight bytes; another one of the same fanout is found by trying.
    let hash = KeyHash(volumeKey: Array("9p,p9src,hosttag".utf8).span)
    let fanout = ((object as NSString).deletingLastPathComponent as NSString).lastPathComponent
    let other = try #require(
      (2..<5000).lazy.map { number -> [UInt8] in withUnsafeBytes(of: UInt64(number).littleEndian) { Array($0) } }
        .first { KeyHash(cookieKey: $0.span, in: hash).fanout.description == fanout })
    let name = String(decoding: try ObjectName.name(of: other), as: UTF8.self)
    #expect(link(object, "\((object as NSString).deletingLastPathComponent)/\(name)") == 0)
    let result = try scratch.copy { $0.verifies = true }
    #expect(result.report.copiedObjects == 2 && result.report.verified == 2)
    let copies = NaiveWalk.entries("\(scratch.path)/copy/cache").filter(\.isRegular)
    #expect(copies.allSatisfy { $0.links == 1 } && Set(copies.map(\.inode)).count == 2)
    #expect(try scratch.check("copy").counts[.o18] == nil)
  }

  @Test("volumes are chosen by their keys")
  func volumes() throws {
    try scratch.write(capture: "6.12")
    let result = try scratch.copy { options in
      options.volumes = { $0.starts(with: Array("9p".utf8)) }
      options.verifies = true
    }
    #expect(result.report.copiedObjects == 4 && result.report.verified == 4)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/copy/cache") == ["I9p,p9src,hosttag"])
  }

  @Test("volumes are merged; what is different stays and has a line")
  func merge() throws {
    try scratch.makeCache(objects: 6)
    try scratch.makeCache("copy", objects: 3)
    try scratch.makeCache("copy", volume: "9p,other,", objects: 2)
    let before = scratch.portrait("copy").filter { $0.contains("T") }
    let result = try scratch.copy()
    // The same bytes, written at another time: not known to be the same.
    #expect(result.report.copiedObjects == 3)
    #expect(result.report.skipped[.different] == 3)
    #expect(result.skipped.allSatisfy { $0.contains("its modification time") })
    #expect(Set(before).isSubset(of: Set(scratch.portrait("copy"))))
    #expect(scratch.objects("copy").count == 8)
    // A volume of the same name with another record is not the same volume.
    setAttribute("\(scratch.path)/copy/cache/I9p,p9src,hosttag", VolumeRecord(coherency: [1]).bytes)
    let second = try scratch.copy()
    #expect(second.report.skipped == [.volume: 6, .foreign: 0])
    #expect(second.failures.map(\.note) == ["the one that is there has another record, and stays"])
    #expect(!second.report.isComplete)
  }
}
