// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesSamples
import CachefilesStore
import CachefilesSurvey
import Foundation
import LinuxIO
import TestSupport
import Testing

/// Captures written to disk, compared entry by entry with the C library's view of the result.
@Suite("Captured caches on disk")
struct CapturedCacheTests {
  let scratch = ScratchDirectory()

  static let names = ["5.10", "6.1", "6.12", "6.1-afs", "6.12-ganesha"]

  @Test("All captures are embedded")
  func all() {
    #expect(CapturedCache.all.map(\.name) == Self.names)
    #expect(CapturedCache(named: "6.13") == nil)
  }

  /// Directories of the layout before 5.17 have mode 0000: only root can look into them.
  static let readable = isRoot ? names : names.filter { $0 == "6.12" || $0 == "6.12-ganesha" }

  @Test("A capture becomes exactly the tree that it describes", arguments: readable)
  func exactTree(name: String) throws {
    let entries = try scratch.write(capture: name).entries().filter { $0.path != "." }
    let root = "\(scratch.path)/cache-root"
    let walked = NaiveWalk.entries(root).filter { !$0.path.isEmpty }
    #expect(walked.map(\.path) == entries.map { Array($0.path.utf8) }.sorted { $0.lexicographicallyPrecedes($1) })
    let found = Dictionary(uniqueKeysWithValues: walked.map { ($0.path, $0) })
    for entry in entries {
      let comment = Comment(rawValue: entry.path)
      let actual = try #require(found[Array(entry.path.utf8)], comment)
      #expect(actual.isDirectory == (entry.kind == .directory), comment)
      #expect(actual.isRegular == (entry.kind == .file), comment)
      #expect(actual.mode & 0o7777 == UInt32(entry.permissions), comment)
      #expect(actual.accessTime == entry.accessTime.clampedNanoseconds, comment)
      #expect(actual.modificationTime == entry.modificationTime.clampedNanoseconds, comment)
      let path = Array(root.utf8) + [UInt8(ascii: "/")] + Array(entry.path.utf8)
      #expect(NaiveWalk.attribute(path) == entry.attribute, comment)
      guard entry.kind == .file else { continue }
      #expect(actual.size == entry.size, comment)
      #expect(NaiveWalk.extents("\(root)/\(entry.path)") == merged(entry.data, size: entry.size), comment)
    }
  }

  /// Runs that touch are one, and none goes beyond the end of the file.
  private func merged(_ runs: [[Int64]], size: Int64) -> [[Int64]] {
    var result: [[Int64]] = []
    for run in runs {
      let end = min(run[0] + run[1], size)
      if let last = result.last, last[0] + last[1] == run[0] {
        result[result.count - 1][1] = end - last[0]
      } else {
        result.append([run[0], end - run[0]])
      }
    }
    return result
  }

  @Test("The totals of a capture are its own, and those of du", arguments: readable)
  func totals(name: String) throws {
    let entries = try scratch.write(capture: name).entries()
    let result = try scratch.scan(attributes: true, extents: true)
    let totals = result.statistics.totals
    let files = entries.filter { $0.kind == .file && $0.path.hasPrefix("cache/") }
    #expect(result.failures.isEmpty)
    #expect(totals.objects == files.count)
    #expect(totals.fileBytes == files.reduce(0) { $0 + UInt64($1.size) })
    #expect(totals.dataBytes == files.reduce(0) { $0 + $1.data.reduce(0) { $0 + UInt64($1[1]) } })
    #expect(totals.newestAccess == files.map(\.accessTime).max())
    #expect(totals.oldestAccess == files.map(\.accessTime).min())
    #expect(totals.dirtyObjects == 0)
    #expect(try totals.diskBytes == NaiveWalk.diskUsage("\(scratch.path)/cache-root"))
    #expect(result.statistics.foreign == Tally())
    let volumes = entries.filter { $0.path.hasPrefix("cache/I") && $0.path.split(separator: "/").count == 2 }
    #expect(Set(result.byVolume.keys) == Set(volumes.map { Array($0.path.utf8.dropFirst(7)) }))
    #expect((name == "5.10") == (result.statistics.legacy.objects > 0))
    #expect(result.statistics.schemes.reduce(0, +) + result.statistics.legacy.objects == files.count)
    if name != "5.10" {
      #expect(result.statistics.schemes[4] == 0)
      let sizes = try files.map { file in try ObjectRecord(#require(file.attribute)).objectSize }
      #expect(totals.objectBytes == sizes.reduce(0, +))
    }
  }

  @Test("A capture is written into a new or an empty directory only")
  func emptyDirectoriesOnly() throws {
    try scratch.write("used/file", [1])
    let capture = try #require(CapturedCache(named: "6.12"))
    #expect(throws: SampleFailure.notEmpty(path: Array("\(scratch.path)/used".utf8))) {
      try CaptureWriter.write(capture, to: scratch.path("used"))
    }
    #expect(scratch.names == ["used"])
    #expect(NaiveWalk.entries("\(scratch.path)/used").map(\.path) == [[], Array("file".utf8)])
    try scratch.makeDirectory("empty/lost+found")
    try CaptureWriter.write(capture, to: scratch.path("empty"))
    #expect(FileManager.default.fileExists(atPath: "\(scratch.path)/empty/lost+found"))
  }

  @Test("A removed sample leaves nothing, and nothing else goes")
  func removal() throws {
    try scratch.write(capture: "6.12")
    CaptureWriter.remove(scratch.path("cache-root"))
    #expect(scratch.names.isEmpty)
    try scratch.write(capture: "6.12")
    try scratch.write("cache-root/mine", [1])
    CaptureWriter.remove(scratch.path("cache-root"))
    #expect(NaiveWalk.entries("\(scratch.path)/cache-root").map(\.path) == [[], Array("mine".utf8)])
  }
}
