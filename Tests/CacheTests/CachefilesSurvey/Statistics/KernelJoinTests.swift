// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesSurvey
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// The kernel's tables put beside a directory.
@Suite("The kernel's tables beside a cache")
struct KernelJoinTests {
  let scratch = ScratchDirectory()

  private func join(_ name: String = "cache-root") throws -> KernelJoin? {
    KernelJoin(KernelView(directory: scratch.path("proc")), try Store(path: scratch.path(name)))
  }

  @Test(
    "Of a captured kernel every object has its cookie",
    arguments: [("6.1", "6.1.0-50-amd64"), ("6.12", "6.12.117+deb12-amd64")])
  func captured(capture: String, kernel: String) throws {
    _ = try scratch.write(capture: capture)
    for table in ["volumes", "cookies"] {
      try scratch.write("proc/\(table)", try Fixtures.bytes("proc/\(kernel).\(table)"))
    }
    let join = try #require(try join())
    let objects = scratch.objects().count
    #expect(join.cookiesWithObject == objects)
    #expect(join.cookies == 260)
    #expect(join.volumes.count == 4)
    #expect(join.volumes.allSatisfy { $0.isPresent })
    #expect(join.missing.count == 260 - objects)
    #expect(join.failures.isEmpty)
    #expect(join.unreadLines == 0)
    for path in join.missing {
      #expect(
        !FileManager.default.fileExists(
          atPath: scratch.path("cache-root").string + "/" + String(decoding: path, as: UTF8.self)))
    }
  }

  @Test("A volume that the directory lacks, a cookie of no volume, an object that is gone, a line that is none")
  func differences() throws {
    try scratch.makeCache(objects: 3)
    let heading = "VOLUME   REF   nCOOK ACC FL CACHE           KEY\n======== ===== ===== === == =============== ====\n"
    let volumes =
      "00000001     6     5   1 00 lab             9p,p9src,hosttag\n00000002     6     5   1 00 lab             9p,other\n"
    try scratch.write("proc/volumes", Array((heading + volumes).utf8))
    func line(_ volume: Int, _ key: String) -> String { "00000009 0000000\(volume)   3   0   0 A 613c \(key)\n" }
    let keys = scratch.objects().map { name -> String in
      var key: [UInt8] = []
      _ = try? ObjectName.decode(Array((name.split(separator: "/").last ?? "").utf8).span, into: &key)
      return Hex.string(key)
    }
    let cookies = line(1, keys[0]) + line(1, "0102030405060708") + line(2, keys[1]) + line(7, keys[2]) + "no line\n"
    try scratch.write("proc/cookies", Array(cookies.utf8))
    let join = try #require(try join())
    #expect(join.volumes.map(\.isPresent) == [true, false])
    #expect(join.volumes.map(\.cookies) == [2, 1])
    #expect(join.volumes.map(\.cookiesWithObject) == [1, 0])
    #expect(join.unnamedCookies == 1)
    #expect(join.cookies == 4)
    #expect(join.missing.count == 2)
    #expect(join.unreadLines == 1)
  }

  @Test("A kernel that tells no volumes is not joined")
  func nothing() throws {
    try scratch.makeCache(objects: 1)
    #expect(try join() == nil)
  }
}

/// Reports that are written as a whole.
@Suite("Report files")
struct ReportFileTests {
  let scratch = ScratchDirectory()

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: scratch.path(name).string, encoding: .utf8)
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: scratch.path("out").string)
  }

  @Test("The file appears, is replaced, and nothing else is left")
  func replaces() throws {
    try scratch.makeCache(objects: 1)
    try scratch.makeDirectory("out")
    let store = try Store(path: scratch.path("cache-root"))
    for words in ["first", "second, longer", "x"] {
      try ReportFile.prepare(scratch.path("out/report"), about: store).write(Array(words.utf8))
      #expect(try text("out/report") == words)
      #expect(try names() == ["report"])
    }
  }

  @Test("A link leads to the file that is replaced, and stays; one that leads nowhere or into the cache is refused")
  func links() throws {
    try scratch.makeCache(objects: 1)
    try scratch.write("out/real", Array("old".utf8))
    symlink("out/real", scratch.path("link").string)
    symlink("nowhere", scratch.path("dangling").string)
    symlink("cache-root/cache/file", scratch.path("inner").string)
    try scratch.write("cache-root/cache/file", Array("old".utf8))
    let store = try Store(path: scratch.path("cache-root"))
    try ReportFile.prepare(scratch.path("link"), about: store).write(Array("new".utf8))
    #expect(try text("out/real") == "new")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: scratch.path("link").string) == "out/real")
    for name in ["dangling", "inner", "out"] {
      #expect(throws: StoreError.self, "\(name)") { _ = try ReportFile.prepare(scratch.path(name), about: store) }
    }
    #expect(try text("cache-root/cache/file") == "old")
  }

  @Test("What is no regular file is written to and stays what it is")
  func streams() throws {
    try scratch.makeCache(objects: 1)
    let pipe = scratch.path("pipe").string
    mkfifo(pipe, 0o600)
    let store = try Store(path: scratch.path("cache-root"))
    let reader = open(pipe, O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    try ReportFile.prepare(scratch.path("pipe"), about: store).write(Array("text".utf8))
    var bytes = [UInt8](repeating: 0, count: 16)
    #expect(read(reader, &bytes, 16) == 4)
    #expect(bytes.prefix(4) == Array("text".utf8)[...])
    var status = stat()
    #expect(lstat(pipe, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
    try ReportFile.prepare("/dev/null", about: store).write([1, 2, 3])
    #expect(lstat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
  }

  @Test("Whatever call fails, the old text stays and no draft is left")
  func failures() throws {
    try scratch.makeCache(objects: 1)
    try scratch.write("out/report", Array("old".utf8))
    let store = try Store(path: scratch.path("cache-root"))
    for call in [Syscall.openat, .write, .fsync, .renameat2] {
      let file = try ReportFile.prepare(scratch.path("out/report"), about: store)
      let plan = FaultPlan(failing: call, ordinal: 1, with: .noSpace)
      _ = plan.run {
        #expect(throws: StoreError.self, "\(call)") { try file.write(Array("new".utf8)) }
      }
      #expect(plan.failed == 1, "\(call)")
      #expect(try text("out/report") == "old")
      #expect(try names() == ["report"])
    }
  }

  @Test(
    "Nothing is written into the cache, at any depth, by any path",
    arguments: ["cache-root/r", "cache-root/cache/r", "link/r"])
  func staysOut(_ path: String) throws {
    try scratch.makeCache(objects: 1)
    symlink(scratch.path("cache-root/graveyard").string, scratch.path("link").string)
    let store = try Store(path: scratch.path("cache-root"))
    #expect(throws: StoreError.self) { _ = try ReportFile.prepare(scratch.path(path), about: store) }
  }
}
