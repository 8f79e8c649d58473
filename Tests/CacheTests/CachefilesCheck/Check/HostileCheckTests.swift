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

/// Checks and repairs of trees that somebody made to do harm.
@Suite("Hostile trees and fsck")
struct HostileCheckTests {
  let scratch = ScratchDirectory()
  private let volume = "cache-root/cache/I9p,p9src,hosttag"

  private func full(_ name: String) -> String { "\(scratch.path)/\(name)" }

  /// A chain of directories, each in the one before, made from the inside so that no path gets too long.
  private func makeChain(_ place: String, depth: Int) throws {
    var directory = try OwnedDescriptor(directory: scratch.path(place))
    for _ in 0..<depth {
      try directory.makeDirectory("d", permissions: 0o700)
      directory = try directory.open("d", .directory)
    }
    _ = try directory.open("end", .create(permissions: 0o600))
  }

  /// The number of levels of a chain, followed from the inside; -1 when its end is missing.
  private func depth(of place: String) throws -> Int {
    var directory = try OwnedDescriptor(directory: scratch.path(place))
    var depth = 0
    while let next = try? directory.open("d", .directory) {
      directory = next
      depth += 1
    }
    return (try? directory.status(of: "end")) == nil ? -1 : depth
  }

  /// Names, inodes and times of everything.
  private func entries() -> [String] {
    NaiveWalk.entries(full("cache-root")).map {
      "\($0.path) \($0.inode) \($0.mode) \($0.accessTime) \($0.modificationTime)"
    }
  }

  @Test("directories nested 5,000 deep, in the graveyard or as an object, are looked at to the end and moved whole")
  func deep() throws {
    try scratch.makeDamaged([.o04])
    let object = try #require(
      NaiveWalk.entries(full("cache-root/cache/I9p,sample,damage")).first { $0.components.count == 2 })
    let path = "cache-root/cache/I9p,sample,damage/\(String(decoding: object.path, as: UTF8.self))"
    try makeChain(path, depth: 5000)
    try scratch.makeDirectory("cache-root/graveyard/67a5b3c100000001")
    try makeChain("cache-root/graveyard/67a5b3c100000001", depth: 5000)
    let result = try scratch.check("cache-root", .safe)
    #expect(result.failures.isEmpty)
    #expect(result.counts[.o04] == 1)
    #expect(result.report.scanned.graveyardEntries == 5002)
    let buried = try FileManager.default.contentsOfDirectory(atPath: full("cache-root/graveyard"))
      .filter { $0 != "67a5b3c100000001" }
    #expect(buried.count == 1)
    #expect(try depth(of: "cache-root/graveyard/\(buried[0])") == 5000)
    let report = try scratch.undo()
    #expect(report.restored == 1 && report.errors == 0)
    #expect(try depth(of: path) == 5000)
  }

  @Test("directories nested 5,000 deep are deleted to the end where that is asked for, and nothing else is")
  func deletesDeep() throws {
    try scratch.makeDamaged([.o04])
    let object = try #require(
      NaiveWalk.entries(full("cache-root/cache/I9p,sample,damage")).first { $0.components.count == 2 })
    let path = "cache-root/cache/I9p,sample,damage/\(String(decoding: object.path, as: UTF8.self))"
    try makeChain(path, depth: 5000)
    try scratch.write("outside/precious", [1])
    symlink(full("outside"), full("\(path)/way out"))
    let result = try scratch.check("cache-root", .safe) { $0.deletes = true }
    #expect(result.failures.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: full(path)))
    #expect(FileManager.default.fileExists(atPath: full("outside/precious")))
  }

  @Test("100,000 strange entries in one fanout are all counted, a thousand are kept, and all are handed on")
  func manyProblems() throws {
    try scratch.makeCache(objects: 1)
    try scratch.tidyModes("cache-root")
    try scratch.makeDirectory("\(volume)/@00")
    chmod(full("\(volume)/@00"), 0o700)
    let script = "cd \"$1\" && seq -f 'Q%06g' 100000 | xargs touch"
    #expect(try Command.run("/bin/sh", ["-c", script, "sh", full("\(volume)/@00")]).status == 0)
    let result = try scratch.check { $0.threads = 8 }
    #expect(result.counts[.o01] == 100_000)
    let group = try #require(result.report.groups.first { $0.kind.id == .o01 })
    #expect(group.count == 100_000)
    #expect(group.findings.count == FindingCollector.keptPerProblem)
    // The first by path are the ones that are kept, whichever thread came first.
    #expect(group.findings.first?.path.suffix(7) == Array("Q000001".utf8)[...])
    #expect(group.findings.last?.path.suffix(7) == Array("Q001000".utf8)[...])
  }

  @Test("names of any bytes and of 255 bytes are told, buried and put back")
  func names() throws {
    try scratch.makeDamaged([])
    let names: [[UInt8]] = [
      [UInt8](repeating: 0xff, count: 255), Array("new\nline".utf8), [0x1b, 0x5b, 0x32, 0x4a], Array("-rf".utf8),
      [0xe2, 0x80, 0xae], Array("\"quote\\".utf8),
    ]
    try scratch.makeDirectory("\(volume)/@00")
    for name in names {
      let path = Array(full("\(volume)/@00").utf8) + [UInt8(ascii: "/")] + name + [0]
      path.withUnsafeBufferPointer { buffer in
        buffer.withMemoryRebound(to: CChar.self) { text in
          if let base = text.baseAddress { close(open(base, O_WRONLY | O_CREAT, 0o600)) }
        }
      }
    }
    let before = entries()
    let result = try scratch.check("cache-root", .safe)
    #expect(result.counts[.o01] == names.count)
    #expect(!result.findings.contains { $0.id == .o01 && !$0.isRepaired })
    #expect(try scratch.undo().restored == names.count)
    #expect(entries() == before)
  }

  @Test("special files in every place are moved away without being opened")
  func specialFiles() throws {
    try scratch.makeDamaged([])
    try scratch.makeDirectory("\(volume)/@00")
    for place in ["\(volume)/@00/T1", "\(volume)/stray", "cache-root/cache/Ififo", "\(volume)/@01"] {
      try? FileManager.default.removeItem(atPath: full(place))
      #expect(mkfifo(full(place), 0o600) == 0)
    }
    let result = try scratch.check("cache-root", .safe)
    #expect(result.problems == [.o05, .v09, .v03, .f02])
    #expect(!result.findings.contains { $0.severity > .note && !$0.isRepaired })
    let again = try scratch.check()
    #expect(again.problems.isEmpty)
  }

  @Test("a directory that is swapped for a link between the look and the act leads nowhere")
  func swappedDirectory() throws {
    try scratch.makeDamaged([.o06])
    let damaged = "cache-root/cache/I9p,sample,damage"
    let object = try #require(NaiveWalk.entries(full(damaged)).first { $0.isRegular })
    let fanout = String(decoding: object.components[0], as: UTF8.self)
    let name = String(decoding: object.components[1], as: UTF8.self)
    try scratch.write("outside/\(name)", [1, 2, 3])
    // The looks ask so often whether to go on; the next question is that of the act.
    let asked = Collector<Bool>()
    _ = try scratch.check { options in
      options.threads = 1
      options.isCancelled = {
        asked.add(true)
        return false
      }
    }
    let again = Collector<Bool>()
    let result = try scratch.check("cache-root", .safe) { options in
      options.threads = 1
      options.isCancelled = {
        again.add(true)
        if again.all.count == asked.all.count + 1 {
          rename(full("\(damaged)/\(fanout)"), full("aside"))
          symlink(full("outside"), full("\(damaged)/\(fanout)"))
        }
        return false
      }
    }
    #expect(result.counts[.o06] == 1)
    #expect(result.failures.count == 1)
    #expect(!result.findings.contains { $0.isRepaired })
    #expect(FileManager.default.fileExists(atPath: full("outside/\(name)")))
    #expect(FileManager.default.fileExists(atPath: full("aside/\(name)")))
  }

  @Test(
    "attributes of odd lengths are each judged, none is believed", arguments: [0, 1, 17, 18, 21, 22, 23, 273, 4000])
  func attributeLengths(count: Int) throws {
    try scratch.makeDamaged([.o15])
    let damaged = full("cache-root/cache/I9p,sample,damage")
    let object = try #require(NaiveWalk.entries(damaged).first { $0.isRegular })
    let path = "\(damaged)/\(String(decoding: object.path, as: UTF8.self))"
    var value = [UInt8](repeating: 0, count: count)
    if count > 16 { value[16] = 1 }
    setAttribute(path, value)
    let result = try scratch.check()
    let expected: Set<ProblemID> = count < 22 ? [.o08] : count == 22 ? [] : [.o07]
    #expect(result.problems.subtracting([.o17]) == expected)
  }
}
