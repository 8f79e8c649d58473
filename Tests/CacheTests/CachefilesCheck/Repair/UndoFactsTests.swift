// SPDX-License-Identifier: Apache-2.0
import CAttr
import CachefilesFormat
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesCheck
@testable import CachefilesStore
@testable import CachefilesUpkeep

/// An undo takes back only what is still as the repair left it, and says what is lost.
@Suite("Undo, and the facts of an entry", .enabled(if: isRoot))
struct UndoFactsTests {
  let scratch = ScratchDirectory()
  private let volume = "cache-root/cache/I9p,sample,damage"

  private func full(_ name: String) -> String { "\(scratch.path)/\(name)" }

  private func object() throws -> String {
    let entry = NaiveWalk.entries(full(volume)).first(where: \.isRegular)
    return full("\(volume)/\(String(decoding: try #require(entry).path, as: UTF8.self))")
  }

  @Test("a cut file that got another version, another record or another owner since keeps what it has")
  func cutAndUsed() throws {
    let changes: [(String) throws -> Void] = [
      { path in ObjectFile.overwrite(path, at: 0, Array("NEW VERSION".utf8), keepingTime: false) },
      { path in setAttribute(path, ObjectRecord(objectSize: 20_000, coherency: [9, 9, 9, 9]).bytes) },
      { path in #expect(chown(path, 1, 1) == 0) },
      { path in
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Data([1, 2, 3]))
      },
    ]
    for (number, change) in changes.enumerated() {
      try scratch.makeDamaged([.o16])
      let object = try object()
      #expect(try scratch.check("cache-root", .all) { $0.policy.only = [.o16] }.counts[.o16] == 1)
      try change(object)
      let after = try Data(contentsOf: URL(filePath: object))
      let report = try scratch.undo()
      #expect(report.restored == 0, "change \(number)")
      #expect(report.lost.contains { $0.hasSuffix("it has changed since the repair") }, "change \(number)")
      #expect(try Data(contentsOf: URL(filePath: object)) == after, "change \(number)")
      try FileManager.default.removeItem(atPath: full("cache-root"))
      try FileManager.default.removeItem(atPath: full("journal"))
    }
  }

  @Test("a cut that nobody touched since is taken back, times and all")
  func cutAndUnused() throws {
    try scratch.makeDamaged([.o16])
    let before = try scratch.snapshot()
    _ = try scratch.check("cache-root", .all)
    #expect(try scratch.snapshot() != before)
    let report = try scratch.undo()
    #expect(report.lost.isEmpty && report.errors == 0)
    #expect(try scratch.snapshot() == before)
  }

  @Test("a cut that was taken back, and the object used since, is not taken back once more")
  func cutTwice() throws {
    try scratch.makeDamaged([.o16])
    _ = try scratch.check("cache-root", .all)
    #expect(try scratch.undo().restored == 1)
    let object = try object()
    let times = [timespec(tv_sec: 1_700_000_000, tv_nsec: 5), timespec(tv_sec: 0, tv_nsec: 0x3fff_fffe)]
    #expect(utimensat(AT_FDCWD, object, times, 0) == 0)
    let before = try scratch.snapshot()
    let again = try scratch.undo()
    #expect(again.restored == 0 && again.untouched == 1 && again.lost.isEmpty && again.errors == 0)
    #expect(try scratch.snapshot() == before)
  }

  @Test("of two names of one file whose graves were swept in part, the one that is gone is lost")
  func secondName() throws {
    try scratch.makeDamaged([])
    let entry = NaiveWalk.entries(full("cache-root/cache")).first(where: \.isRegular)
    let first = full("cache-root/cache/\(String(decoding: try #require(entry).path, as: UTF8.self))")
    let fanout = URL(filePath: first).deletingLastPathComponent().path
    #expect(link(first, "\(fanout)/T1,2") == 0)
    _ = try scratch.check("cache-root", .all)
    #expect(scratch.graves.count == 2)
    try FileManager.default.removeItem(atPath: full("cache-root/graveyard/\(scratch.graves[0])"))
    let report = try scratch.undo()
    #expect(report.lost.count == 1 && report.restored == 1 && report.untouched == 0)
    #expect(NaiveWalk.entries(fanout).count { $0.isRegular } >= 1)
  }

  @Test("what was swept from a buried directory is said, and the rest comes back")
  func partlySwept() throws {
    try scratch.makeDamaged([])
    try scratch.write("cache-root/cache/I9p,p9src,hosttag/README.d/x/a", [1])
    try scratch.write("cache-root/cache/I9p,p9src,hosttag/README.d/x/b", [1])
    _ = try scratch.check("cache-root", .safe)
    let grave = try #require(scratch.graves.first)
    try FileManager.default.removeItem(atPath: full("cache-root/graveyard/\(grave)/x/a"))
    let report = try scratch.undo()
    #expect(report.restored == 1)
    #expect(report.lost.first?.hasSuffix("1 of the 3 entries in it have been swept") == true)
    #expect(FileManager.default.fileExists(atPath: full("cache-root/cache/I9p,p9src,hosttag/README.d/x/b")))
  }

  @Test("where times of birth are not kept the file system's handle tells a cache that was made anew")
  func madeAnew() throws {
    try scratch.makeDamaged([.v04])
    _ = try scratch.check("cache-root", .safe)
    let repaired = try scratch.snapshot()
    // As if the same inode numbers had been given to other files, of which no birth is known.
    try scratch.editJournal { text in
      text.replacing(/"birth":\d+,/, with: "").replacing(/"handle":"([0-9a-f]*)([0-9a-f])"/) { match in
        "\"handle\":\"\(match.1)\(match.2 == "0" ? "1" : "0")\""
      }
    }
    #expect(try scratch.undo().refusal?.description.contains("which had the same inode") == true)
    #expect(try scratch.snapshot() == repaired)
  }

  @Test(
    "a user's file with the name that a displaced graveyard gets is nobody's to move",
    arguments: ["", ".d", "-2", "-journals"])
  func displacedName(suffix: String) throws {
    try scratch.makeDamaged([])
    let name = "cache-root/graveyard.cachefiles-fsck\(suffix)"
    if suffix == ".d" { try scratch.makeDirectory("\(name)/m") } else { try scratch.write(name, [1]) }
    let before = try scratch.snapshot()
    for (number, consent) in [CheckPolicy.Consent.safe, .all, .allAndDirty].enumerated() {
      let result = try scratch.check("cache-root", consent, journal: "j\(number)") { $0.deletes = true }
      #expect(result.counts[.r09] == 1 && result.counts[.r03] == nil)
    }
    #expect(try scratch.snapshot() == before)
  }

  @Test(
    "a file system of whole seconds, and one that ends in 2038, gives back what it had", .enabled(if: Mount.isPossible))
  func wholeSeconds() throws {
    let image = "\(scratch.path)/image"
    _ = try Command.run("/usr/bin/truncate", ["-s", "64M", image])
    _ = try Command.run("/sbin/mkfs.ext4", ["-q", "-F", "-I", "128", image])
    try scratch.makeDirectory("mounted")
    let mount = try Mount(["-o", "loop", image, "\(scratch.path)/mounted"])
    try scratch.makeDamaged([.o24, .o16, .o06], "mounted/c")
    let before = try scratch.snapshot("mounted/c")
    #expect(try scratch.check("mounted/c", .all).counts[.o24] == 1)
    let report = try scratch.undo("journal", "mounted/c")
    #expect(report.lost.isEmpty && report.errors == 0, "\(report.lost)")
    #expect(try scratch.snapshot("mounted/c") == before)
    try scratch.makeCache("source", objects: 5)
    let notes = Collector<String>()
    let copied = try scratch.copy("source", to: "mounted/d") { options in
      options.verifies = true
      options.onNote = { _, words in notes.add(words) }
    }
    #expect(
      copied.report.verified == 5 && copied.report.mismatched == 0 && copied.report.timeGranularity == 1_000_000_000)
    #expect(notes.all.count == 1 && notes.all.first?.contains("whole seconds") == true)
    #expect(try scratch.copy("source", to: "mounted/d").report.skipped[.present] == 5)
    mount.unmount()
  }

  @Test("times after 2262 come back after a repair, and are the same in a copy")
  func farTimes() throws {
    try scratch.makeDamaged([])
    let entry = NaiveWalk.entries(full("cache-root/cache")).first(where: \.isRegular)
    let path = full("cache-root/cache/\(String(decoding: try #require(entry).path, as: UTF8.self))")
    let times = [timespec(tv_sec: 13_569_465_600, tv_nsec: 1), timespec(tv_sec: 10_413_792_000, tv_nsec: 2)]
    #expect(utimensat(AT_FDCWD, path, times, 0) == 0)
    let file = FilePath(path)
    let before = try FileStatus.of(file)
    guard before.access.seconds == 13_569_465_600 else { return }
    _ = try scratch.copy()
    let copy = try FileStatus.of(FilePath(path.replacingOccurrences(of: "/cache-root/", with: "/copy/")))
    #expect(copy.access == before.access && copy.modification == before.modification)
    #expect(try scratch.check("cache-root", .all).counts[.o24] == 1)
    #expect(try FileStatus.of(file).modification == before.modification)
    #expect(try scratch.undo().lost.isEmpty)
    let after = try FileStatus.of(file)
    #expect(after.access == before.access && after.modification == before.modification)
  }

  @Test("a copy of more volumes than descriptors may be open is whole")
  func manyVolumes() throws {
    for number in 0..<CopyDirectories.openLimit * 3 {
      try scratch.makeDirectory("source/cache/Ierofs,v\(number)/@00")
      setAttribute(full("source/cache/Ierofs,v\(number)"), [0, 0, 0, 0])
    }
    try scratch.makeDirectory("source/graveyard")
    let result = try scratch.copy("source", to: "many") { $0.verifies = true }
    #expect(result.report.errors == 0 && result.report.directories == CopyDirectories.openLimit * 6)
  }

  @Test("one run mends a graveyard that is no directory and cannot be moved, and what has to go into it")
  func stuckGraveyard() throws {
    try scratch.makeDamaged([.o06, .v09])
    try FileManager.default.removeItem(atPath: full("cache-root/graveyard"))
    let file = try scratch.write("cache-root/graveyard", [1])
    Flags.set(file, .immutable)
    defer { scratch.clearFlags() }
    let before = try scratch.snapshot()
    let first = try scratch.check("cache-root", .all)
    #expect(first.failures.isEmpty && first.report.exit == CheckReport.ExitBits.repaired, "\(first.failures)")
    #expect(try scratch.check("cache-root", .all, journal: "second").report.exit == 0)
    #expect(try scratch.undo().lost.isEmpty)
    #expect(try scratch.snapshot() == before)
  }
}
