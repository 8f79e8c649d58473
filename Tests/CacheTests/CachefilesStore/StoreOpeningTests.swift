// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// What is taken for a cache directory, and what is said of what is not.
@Suite("Opening a cache")
struct StoreOpeningTests {
  let scratch = ScratchDirectory()

  private func open(_ name: String) throws -> (generation: FormatGeneration, graveyard: GraveyardPlace) {
    let store = try Store(path: scratch.path(name))
    return (try store.generation(), store.graveyard)
  }

  private func failure(_ name: String) -> OpeningFailure? {
    do throws(OpeningFailure) {
      _ = try Store(path: scratch.path(name))
      return nil
    } catch {
      return error
    }
  }

  private func unreadable(_ name: String, _ error: Errno, note: String? = nil) -> OpeningFailure {
    .unreadable(
      StoreError(path: scratch.path(name).bytes, operation: "open the directory", error: error, note: note))
  }

  @Test("The layout is told by the names in `cache`")
  func generations() throws {
    for (names, expected) in [
      ([], FormatGeneration.empty), (["I9p,a,"], .volumes), (["@4a"], .legacy), (["I", "@00"], .mixed),
      (["lost+found", "x"], .empty), (["@4A", "@4", "@4ab"], .empty), (["stray", "@ff"], .legacy),
    ] as [([String], FormatGeneration)] {
      let name = UUID().uuidString
      for entry in names { try scratch.makeDirectory("\(name)/cache/\(entry)") }
      try scratch.makeDirectory("\(name)/cache")
      try scratch.makeDirectory("\(name)/graveyard")
      let opened = try open(name)
      #expect(opened.generation == expected, "\(names)")
      #expect(opened.graveyard == .directory)
    }
  }

  @Test("Captures of real kernels have their layouts", arguments: ["5.10", "6.12"])
  func captures(name: String) throws {
    try scratch.write(capture: name)
    #expect(try open("cache-root").generation == (name == "5.10" ? .legacy : .volumes))
    #expect(try open("cache-root").graveyard == .directory)
  }

  @Test("What stands in the place of the graveyard is told")
  func missingGraveyard() throws {
    try scratch.makeDirectory("none/cache")
    #expect(try open("none").graveyard == .nothing)
    try scratch.write("file/graveyard")
    try scratch.makeDirectory("file/cache")
    #expect(try open("file").graveyard == .other(.regular))
    try scratch.makeDirectory("link/cache")
    #expect(symlink("cache", "\(scratch.path)/link/graveyard") == 0)
    #expect(try open("link").graveyard == .other(.symlink))
    let plan = FaultPlan(failing: .statx, ordinal: 2, with: .ioError)
    #expect(try plan.run { try open("none").graveyard } == .unknown(.ioError))
  }

  @Test("A directory without a directory `cache` is no cache, and opening it makes nothing")
  func notACache() throws {
    try scratch.makeDirectory("empty")
    try scratch.makeDirectory("grave/graveyard")
    try scratch.write("file/cache")
    try scratch.makeDirectory("link/graveyard")
    #expect(symlink("graveyard", "\(scratch.path)/link/cache") == 0)
    let before = NaiveWalk.entries(scratch.path)
    let none = "it has no 'cache' directory"
    let other = "its 'cache' is not a directory, so no kernel can bind it"
    for (name, missing) in [("empty", none), ("grave", none), ("file", other), ("link", other)] {
      #expect(failure(name) == .notACache(path: scratch.path(name).bytes, missing: missing))
    }
    #expect(NaiveWalk.entries(scratch.path) == before)
  }

  @Test("A root that is a file, a FIFO, nothing, a loop, or has a name too long is named with the reason")
  func unreadableRoots() throws {
    try scratch.write("file")
    #expect(mkfifo("\(scratch.path)/fifo", 0o600) == 0)
    #expect(symlink("loop", "\(scratch.path)/loop") == 0)
    #expect(symlink("nowhere", "\(scratch.path)/dangling") == 0)
    let long = String(repeating: "n", count: 256)
    for (name, error) in [
      ("file", Errno.notDirectory), ("fifo", .notDirectory), ("nothing", .noSuchFileOrDirectory),
      ("loop", .tooManySymbolicLinkLevels), ("dangling", .noSuchFileOrDirectory), (long, .fileNameTooLong),
    ] {
      #expect(failure(name) == unreadable(name, error))
    }
  }

  @Test("A symbolic link as the root is followed, with any number of slashes after it")
  func linkedRoot() throws {
    try scratch.makeCache("real", objects: 2)
    #expect(symlink("real", "\(scratch.path)/link") == 0)
    for name in ["link", "link/", "link//", "./real/.", "real/../link"] {
      let store = try Store(path: FilePath(bytes: Array("\(scratch.path)/\(name)".utf8)))
      #expect(try store.generation() == .volumes)
    }
    #expect(try scratch.scan("link").statistics.totals == scratch.scan("real").statistics.totals)
  }

  @Test("A directory that may not be read is named with a hint")
  func noPermission() throws {
    try scratch.makeDirectory("c/cache")
    for (error, note) in [
      (Errno.permissionDenied, "caches belong to root"),
      (.notPermitted, "only its owner or root can read it without disturbing access times"),
    ] {
      let root = FaultPlan(failing: .open, ordinal: 1, with: error).run { failure("c") }
      #expect(root == unreadable("c", error, note: note))
      let cache = FaultPlan(failing: .openat, ordinal: 1, with: error).run { failure("c") }
      #expect(cache == unreadable("c/cache", error, note: note))
    }
  }

  @Test("A root's name may be any bytes")
  func nameOfBytes() throws {
    let bytes = Array(scratch.path.utf8).appending(component: [0xff, 0x0a, 0x20, 0x1b])
    for suffix in [[], Array("/cache".utf8)] as [[UInt8]] {
      let made = (bytes + suffix + [0]).withUnsafeBufferPointer { buffer in
        buffer.withMemoryRebound(to: CChar.self) { $0.baseAddress.map { mkdir($0, 0o700) } }
      }
      #expect(made == 0)
    }
    let store = try Store(path: FilePath(bytes: bytes))
    #expect(store.path == bytes)
    #expect(try store.generation() == .empty)
  }
}
