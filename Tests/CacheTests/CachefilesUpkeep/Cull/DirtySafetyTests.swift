// SPDX-License-Identifier: Apache-2.0
import CachefilesCheck
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import CachefilesUpkeep
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// A dirty object survives every command that removes, wherever in the cache it stands and however long its attribute is.
@Suite("Dirty objects survive without consent", .enabled(if: isRoot, "needs root"))
struct DirtySafetyTests {
  let scratch = ScratchDirectory()
  private static let volume = "cache/I9p,p9src,hosttag"

  /// Where a dirty object can stand.
  enum Place: String, CaseIterable, Sendable {
    case object
    case longRecord
    case longestRecord
    case renamedFanout
    case directoryInAnObjectsPlace
    case fanoutsPlace
    case volumesPlace
    case foreignDirectoryOfCache
  }

  /// Makes a cache with a dirty object at a place, and gives its path below the root.
  private func make(_ place: Place) throws -> String {
    try scratch.makeDamaged([])
    let root = "\(scratch.path)/cache-root"
    let found = NaiveWalk.entries("\(root)/\(Self.volume)").first(where: \.isRegular)
    let first = try #require(found)
    let object = "\(Self.volume)/\(String(decoding: first.path, as: UTF8.self))"
    let name = String(decoding: first.components[1], as: UTF8.self)
    let fanout = "\(Self.volume)/\(String(decoding: first.components[0], as: UTF8.self))"
    let result: String
    switch place {
    case .object, .longRecord, .longestRecord: result = object
    case .renamedFanout:
      #expect(rename("\(root)/\(fanout)", "\(root)/\(fanout).bak") == 0)
      result = "\(fanout).bak/\(name)"
    case .directoryInAnObjectsPlace:
      try scratch.makeDirectory("cache-root/\(fanout)/Tdead/below")
      result = "\(fanout)/Tdead/below/x"
    case .fanoutsPlace: result = "\(Self.volume)/@ff"
    case .volumesPlace: result = "cache/I9p,other,file"
    case .foreignDirectoryOfCache:
      try scratch.makeDirectory("cache-root/cache/old/\(Self.volume)/@28")
      result = "cache/old/\(Self.volume)/@28/T1"
    }
    if result != object, place != .renamedFanout {
      try? FileManager.default.removeItem(atPath: "\(root)/\(result)")
      try scratch.write("cache-root/\(result)", Array(repeating: 7, count: 4096))
    }
    var record = ObjectRecord(objectSize: 4096, content: .dirty, coherency: [1, 2, 3, 4]).bytes
    if place == .longRecord { record += Array(repeating: 0, count: 1100) }
    if place == .longestRecord { record += Array(repeating: 0, count: 2900) }
    setAttribute("\(root)/\(result)", record)
    return result
  }

  private func has(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(scratch.path)/cache-root/\(path)")
  }

  @Test("fsck -y, -y --delete and -p leave it", arguments: Place.allCases)
  func fsck(place: Place) throws {
    for (number, consent) in [CheckPolicy.Consent.safe, .all, .all].enumerated() {
      let path = try make(place)
      _ = try scratch.check("cache-root", consent, journal: "j\(number)") { $0.deletes = number == 2 }
      #expect(has(path), "\(place) \(consent)")
      clear()
    }
  }

  @Test("purge leaves everything, and says why", arguments: Place.allCases)
  func purge(place: Place) throws {
    for selection in [PurgeSelection.volumes { _ in true }, .all] {
      let path = try make(place)
      let before = try scratch.snapshot()
      let plan = try scratch.plan(selection)
      let isSelected = plan.targets.contains { path.hasPrefix(EscapedBytes.string($0.path)) }
      if isSelected {
        #expect(plan.amount.dirtyObjects == 1, "\(place)")
        let result = try scratch.purge(plan) { $0.includesDirty = false }
        #expect(result.report.errors == 1, "\(place)")
        #expect(result.failures.first?.note == "\(path) is dirty, which needs --include-dirty")
      }
      #expect(has(path), "\(place)")
      #expect(try scratch.snapshot().filter { $0.hasPrefix(path) } == before.filter { $0.hasPrefix(path) })
      // Once its volume has gone nothing tells that the rest is a cache.
      if isSelected, place != .foreignDirectoryOfCache {
        _ = try scratch.purge(selection) { $0.includesDirty = true }
        #expect(!has(path), "\(place)")
      }
      clear()
    }
  }

  @Test("purge of one object leaves a directory that holds it, and the object itself")
  func purgeObject() throws {
    for place in [Place.object, .longRecord, .longestRecord, .directoryInAnObjectsPlace] {
      let path = try make(place)
      let target =
        place == .directoryInAnObjectsPlace ? String(path.dropLast("/below/x".count)) : path
      let plan = try scratch.plan(.object(Array(target.utf8)))
      #expect(plan.amount.dirtyObjects == 1)
      #expect(try scratch.purge(plan) { $0.includesDirty = false }.report.errors == 1)
      #expect(has(path), "\(place)")
      clear()
    }
  }

  @Test(
    "cull leaves it",
    arguments: [Place.object, .longRecord, .longestRecord])
  func cull(place: Place) throws {
    let path = try make(place)
    var options = CullOptions()
    options.goal.maximumObjects = 0
    options.threads = 1
    let report = try Cull(Store(path: scratch.path("cache-root")), options).run()
    #expect(report.dirty == 1 && report.done.objects == 2 && !report.isGoalMet)
    #expect(has(path))
    options.selection.includesDirty = true
    #expect(try Cull(Store(path: scratch.path("cache-root")), options).run().done.objects == 1)
    clear()
  }

  // A mount without attributes, as with nouser_xattr, says nothing of the records that the disk has.
  @Test(
    "cull leaves an object whose attribute cannot be read, which is a failure",
    arguments: [Errno.notSupported, .permissionDenied, .ioError])
  func cullUnread(error: Errno) throws {
    var options = CullOptions()
    options.goal.maximumObjects = 0
    options.threads = 1
    var tried = 0
    for call in [Syscall.getxattrat, .getxattr] {
      let clean = try make(.object)
      setAttribute(
        "\(scratch.path)/cache-root/\(clean)", ObjectRecord(objectSize: 4096, coherency: [1, 2, 3, 4]).bytes)
      let unread = try FaultPlan(failing: call, ordinal: 0, with: error).run {
        try Cull(Store(path: scratch.path("cache-root")), options).run()
      }
      // One of the calls is the one that this kernel has.
      if unread.done.objects == 0 {
        #expect(unread.errors > 0 && unread.dirty == 0 && has(clean))
        tried += 1
      }
      clear()
    }
    #expect(tried > 0)
  }

  @Test("a copy leaves it out", arguments: [Place.object, .longRecord, .longestRecord])
  func copy(place: Place) throws {
    let path = try make(place)
    _ = try scratch.copy()
    #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/copy/\(path)"))
    #expect(FileManager.default.fileExists(atPath: "\(scratch.path)/copy/\(Self.volume)"))
    #expect(has(path))
  }

  private func clear() {
    for name in ["cache-root", "copy"] { try? FileManager.default.removeItem(atPath: "\(scratch.path)/\(name)") }
  }
}
