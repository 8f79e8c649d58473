// SPDX-License-Identifier: Apache-2.0
import CachefilesCheck
import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// Purges: what is selected goes, and nothing else.
@Suite("Purges")
struct PurgeTests {
  let scratch = ScratchDirectory()
  static let nfs = "nfs,3.0,2,,100007f,,,,3082c0,80000,80000,2ee,3a98,1d4c,3a98,1,uniq1"

  init() throws { try scratch.makePurgeable() }

  @Test("A volume goes with all its objects; other volumes and other graves stay")
  func volume() throws {
    let before = try scratch.snapshot()
    let report = try scratch.purge(.volumes { $0 == Array("9p,one,a".utf8) }).report
    #expect(report.errors == 0 && report.refusal == nil && report.leftGraves == 0)
    #expect(report.planned.volumes == 1 && report.planned.objects == 3)
    #expect(report.done == report.planned)
    #expect(report.freedBytes == report.planned.diskBytes)
    #expect(try scratch.rest(besides: ["cache/I9p,one,a"]) == scratch.rest(before, besides: ["cache/I9p,one,a"]))
    #expect(!scratch.has("cache/I9p,one,a"))
    #expect(scratch.graves == ["6b00e87700000001"])
  }

  @Test("Legacy trees go, volumes stay; everything goes, and the cache can be used again")
  func legacyAndAll() throws {
    let before = try scratch.snapshot()
    let legacy = try scratch.purge(.legacy).report
    #expect(legacy.done.objects == 2 && legacy.done.volumes == 0 && legacy.errors == 0)
    #expect(!scratch.has("cache/@4a") && !scratch.has("cache/@4b"))
    let gone = ["cache/@4a", "cache/@4b"]
    #expect(try scratch.rest(besides: gone) == scratch.rest(before, besides: gone))
    let all = try scratch.purge(.all).report
    #expect(all.done.volumes == 3 && all.done.objects == 9 && all.errors == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/cache-root/cache").isEmpty)
    #expect(scratch.graves == ["6b00e87700000001"])
  }

  @Test(
    "A directory that only has one named 'cache' in it, as /var has, is never purged or repaired",
    arguments: [
      ["apt/archives/x.deb", "man/index.db"], ["Icons/a.png"], ["lost+found/x", "fscache/cache/I9p,one,a/@00/x"],
    ])
  func noCache(files: [String]) throws {
    for file in files { try scratch.write("var/cache/\(file)", [1, 2, 3]) }
    let before = try FileManager.default.subpathsOfDirectory(atPath: "\(scratch.path)/var").sorted()
    let store = try Store(path: scratch.path("var"))
    for selection in [PurgeSelection.all, .legacy, .volumes { _ in true }] {
      #expect(throws: StoreError.self) { try PurgePlan(selection, in: store) }
      #expect(throws: StoreError.self) { try PurgePlan.isEmpty(selection, in: store) }
    }
    for policy in [CheckPolicy.Consent.safe, .allAndDirty] {
      let refusal = try scratch.check("var", policy).report.refusal
      #expect(refusal?.description.contains("is no cache") == true)
    }
    #expect(try FileManager.default.subpathsOfDirectory(atPath: "\(scratch.path)/var").sorted() == before)
    // One thing that only a kernel makes, and it is one.
    try scratch.makeDirectory("var/cache/Inew,x/@0a")
    #expect(try !PurgePlan.isEmpty(.all, in: store))
  }

  @Test(
    "Nothing goes where something is mounted in it: the mount would go along",
    .enabled(if: Mount.isPossible, "needs mounts"))
  func mounted() throws {
    try scratch.makeDirectory("outside")
    let volume = "\(scratch.path)/cache-root/cache/I9p,one,a"
    let fanout = try #require(NaiveWalk.entries(volume).first { $0.isDirectory && $0.components.count == 1 })
    let place = "\(volume)/\(String(decoding: fanout.path, as: UTF8.self))"
    let mount = try Mount(["--bind", "\(scratch.path)/outside", place])
    let before = try scratch.snapshot()
    for selection in [PurgeSelection.all, .volumes { $0 == Array("9p,one,a".utf8) }] {
      let report = try scratch.purge(selection).report
      #expect(report.refusal?.description.hasPrefix("something is mounted on cache/I9p,one,a/@") == true)
      #expect(report.done == PurgeAmount())
    }
    #expect(try scratch.snapshot() == before)
    // Another volume has nothing to do with it.
    #expect(try scratch.purge(.volumes { $0 == Array("9p,one,b".utf8) }).report.done.volumes == 1)
    mount.unmount()
  }

  @Test("An empty cache, and one that is a file system of its own, is one")
  func emptyCache() throws {
    try scratch.makeDirectory("empty/cache/lost+found")
    let store = try Store(path: scratch.path("empty"))
    #expect(try PurgePlan(.legacy, in: store).targets.isEmpty)
    #expect(try scratch.check("empty", .safe).report.refusal == nil)
  }

  @Test("One object goes, of either layout; a directory of the old layout is none")
  func object() throws {
    let objects = NaiveWalk.entries("\(scratch.path)/cache-root").filter(\.isRegular).map(\.path)
    let modern = try #require(objects.first { $0.starts(with: Array("cache/I9p,one,a/".utf8)) })
    let old = try #require(objects.first { $0.starts(with: Array("cache/@4a/".utf8)) })
    for path in [modern, old] {
      let before = try scratch.snapshot()
      let report = try scratch.purge(.object(path)).report
      #expect(report.done.objects == 1 && report.done.volumes == 0 && report.errors == 0)
      let name = EscapedBytes.string(path)
      #expect(try scratch.rest(besides: [name]) == scratch.rest(before, besides: [name]))
      #expect(!scratch.has(name))
      #expect(throws: StoreError.self) { try scratch.purge(.object(path)) }
    }
    #expect(throws: StoreError.self) { try scratch.purge(.object(Array("cache/@4b/I03nfs".utf8))) }
    try FileManager.default.createSymbolicLink(
      atPath: "\(scratch.path)/cache-root/cache/Ilink", withDestinationPath: "I9p,one,b")
    let linked = NaiveWalk.entries("\(scratch.path)/cache-root/cache/I9p,one,b").first(where: \.isRegular)
    let through = Array("cache/Ilink/".utf8) + (try #require(linked).path)
    #expect(throws: StoreError.self) { try scratch.purge(.object(through)) }
  }

  @Test("A directory that cannot be listed, the root included, counts as an error: what is hidden may be dirty")
  func unlisted() throws {
    let whole = try scratch.plan(.all).amount
    var failed = 0
    for ordinal in 1...80 {
      let fault = FaultPlan(failing: .getdents64, ordinal: ordinal, with: .ioError)
      let plan = fault.run { try? scratch.plan(.all) }
      if fault.failed > 0 { failed += 1 }
      if let plan, plan.errors == 0 { #expect(plan.amount == whole, "call \(ordinal)") }
    }
    #expect(failed > 10)
  }

  @Test("A plan changes nothing and counts the dirty objects of what is selected")
  func plan() throws {
    let before = try scratch.snapshot()
    let plan = try scratch.plan(.volumes { _ in true })
    #expect(plan.amount.volumes == 3 && plan.amount.objects == 9 && plan.amount.dirtyObjects == 2)
    #expect(plan.targets.first { $0.volumeKey == Array("9p,one,b".utf8) }?.amount.dirtyObjects == 2)
    #expect(try scratch.plan(.volumes { _ in false }).targets.isEmpty)
    #expect(try scratch.plan(.all).amount.objects == 11)
    #expect(try scratch.snapshot() == before)
  }

  @Test("A live cache and a locked one are left as they are, with the reason")
  func refusals() throws {
    let before = try scratch.snapshot()
    let live = try FaultPlan(failing: .rmdir, ordinal: 0, with: .resourceBusy).run { try scratch.purge(.all).report }
    #expect(live.refusal?.description == "the cache is in use by a kernel")
    #expect(live.done == PurgeAmount() && live.planned.volumes == 3)
    let other = open("\(scratch.path)/cache-root", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
    #expect(try scratch.purge(.all).report.refusal?.description == "another program of this package is at work on it")
    // A process that another test starts at this moment may have it too.
    #expect(flock(other, LOCK_UN) == 0)
    close(other)
    #expect(try scratch.snapshot() == before)
    #expect(try scratch.purge(.all).report.refusal == nil)
  }

  @Test("A cache that comes up meanwhile stops a purge at the 64th rename, or before its sweep")
  func comesUp() throws {
    for number in 0..<70 { try scratch.write("cache-root/cache/I9p,many,\(number)/@00/T1", [1]) }
    let many: PurgeSelection = .volumes { $0.starts(with: Array("9p,many".utf8)) }
    let stopped = try FaultPlan(failing: .rmdir, ordinal: 2, with: .resourceBusy).run { try scratch.purge(many).report }
    #expect(stopped.done.volumes == 64 && stopped.leftGraves == 64)
    #expect(stopped.refusal?.description.hasPrefix("stopped: ") == true)
    #expect(scratch.graves.count == 65)
    let late = try FaultPlan(failing: .rmdir, ordinal: 2, with: .resourceBusy).run { try scratch.purge(many).report }
    #expect(late.done.volumes == 6 && late.leftGraves == 6)
    #expect(late.refusal?.description.hasPrefix("stopped: ") == true)
    #expect(scratch.graves.count == 71)
  }

  @Test("Names that are taken in the graveyard are passed over, and a missing graveyard is made")
  func graveyard() throws {
    let seconds = UInt64(Self.moment.seconds)
    for counter: UInt32 in 1...3 {
      let name = GraveyardName(undertaker: .kernel, seconds: seconds, counter: counter).bytes
      try scratch.write("cache-root/graveyard/\(String(decoding: name, as: UTF8.self))/kept", [1])
    }
    let report = try scratch.purge(.all) { $0.now = Self.moment }.report
    #expect(report.errors == 0 && report.done == report.planned)
    #expect(scratch.graves.count == 4)
    try scratch.makePurgeable()
    try FileManager.default.removeItem(atPath: "\(scratch.path)/cache-root/graveyard")
    #expect(try scratch.purge(.legacy).report.errors == 0)
    #expect(scratch.has("graveyard") && scratch.graves.isEmpty)
    let mode = NaiveWalk.entries("\(scratch.path)/cache-root").first { $0.path == Array("graveyard".utf8) }?.mode
    #expect(mode == S_IFDIR | 0o700)
  }

  static let moment: Timestamp = 1_800_000_000_000_000_000

  @Test("What took the place of a planned volume is not buried")
  func replaced() throws {
    let plan = try scratch.plan(.volumes { $0 == Array("9p,one,a".utf8) })
    let volume = "\(scratch.path)/cache-root/cache/I9p,one,a"
    #expect(rename(volume, "\(scratch.path)/aside") == 0)
    try scratch.makeDirectory("cache-root/cache/I9p,one,a/@00")
    let result = try scratch.purge(plan)
    #expect(result.failures.map(\.error) == [.staleNFSFileHandle])
    #expect(result.report.done == PurgeAmount())
    #expect(scratch.has("cache/I9p,one,a/@00"))
  }

  @Test("After a cut before any change a second purge finishes, and nothing that was not selected has gone")
  func cutAnywhere() throws {
    let selection: PurgeSelection = .volumes { $0.starts(with: Array("9p,one".utf8)) }
    let gone = ["cache/I9p,one,a", "cache/I9p,one,b", "graveyard"]
    let counting = FaultPlan(cutBeforeChange: .max)
    _ = try counting.run { try scratch.purge(selection) }
    #expect(counting.watched > 10)
    for ordinal in 1...counting.watched {
      let scratch = ScratchDirectory()
      try scratch.makePurgeable()
      let before = try scratch.snapshot()
      let cut = try? FaultPlan(cutBeforeChange: ordinal).run { try scratch.purge(selection).report }
      if let cut { #expect(cut.errors > 0 || cut.refusal != nil, "change \(ordinal)") }
      #expect(try scratch.rest(besides: gone) == scratch.rest(before, besides: gone), "change \(ordinal)")
      let second = try scratch.purge(selection)
      #expect(second.failures.isEmpty, "change \(ordinal)")
      #expect(!scratch.has(gone[0]) && !scratch.has(gone[1]), "change \(ordinal)")
      #expect(try scratch.rest(besides: gone) == scratch.rest(before, besides: gone), "change \(ordinal)")
      #expect(scratch.has("graveyard/6b00e87700000001/T1"), "change \(ordinal)")
    }
  }

  @Test("When any single change fails the rest goes on, and nothing that was not selected goes")
  func everyChangeFails() throws {
    let selection: PurgeSelection = .legacy
    let gone = ["cache/@4a", "cache/@4b", "graveyard"]
    let counting = FaultPlan(cutBeforeChange: .max)
    _ = try counting.run { try scratch.purge(selection) }
    for ordinal in 1...counting.watched {
      let scratch = ScratchDirectory()
      try scratch.makePurgeable()
      let before = try scratch.snapshot()
      let plan = FaultPlan(failingChange: ordinal, with: .ioError)
      let result = try plan.run { try scratch.purge(selection) }
      #expect(result.report.errors > 0 || result.report.refusal != nil || result.report.done == result.report.planned)
      #expect(try scratch.rest(besides: gone) == scratch.rest(before, besides: gone), "change \(ordinal)")
      _ = try scratch.purge(selection)
      #expect(!scratch.has(gone[0]) && !scratch.has(gone[1]), "change \(ordinal)")
      #expect(scratch.has("graveyard/6b00e87700000001/T1"), "change \(ordinal)")
    }
  }

  @Test("Only an object's own path is one, wherever its cache is")
  func locations() {
    func location(_ path: String) -> (String, String)? {
      ObjectLocation(Array(path.utf8)).map { (EscapedBytes.string($0.root), EscapedBytes.string($0.path)) }
    }
    for root in ["", "c/", "/var/cache/fscache/", "../cache//c/", "./"] {
      for path in ["cache/I9p,a,/@00/T1", "cache/@4a/I03nfs/@30/E2000-300"] {
        let found = location(root + path)
        #expect(found?.0 == root && found?.1 == path, "\(root + path)")
      }
    }
    #expect(location("c//cache//I9p,a,//@00/T1")?.1 == "cache/I9p,a,/@00/T1")
    for path in [
      "", "/", "cache", "cache/I9p,a,", "cache/I9p,a,/@00", "cache/I9p,a,/@00/T1/", "cache/I9p,a,/@00/T1/x",
      "cache/I9p,a,/@0g/T1", "cache/I9p,a,/@00/..", "cache/../cache/x", "I9p,a,/@00/T1", "graveyard/I9p,a,/@00/T1",
      "cache/@4a", "cache/@4a/I03nfs/@30", "cache/x/@00/T1", "cache/I9p,a,/../T1",
    ] {
      #expect(location(path) == nil, "\(path)")
    }
  }
}

/// What one purge came to.
struct PurgeResult {
  var report: PurgeReport
  var failures: [StoreError]
}

extension ScratchDirectory {
  /// A cache of three volumes, one with two dirty objects, two legacy trees, and something in the graveyard.
  func makePurgeable() throws {
    try makeCache(volume: "9p,one,a", objects: 3)
    try makeCache(volume: "9p,one,b", objects: 3)
    try makeCache(volume: PurgeTests.nfs, objects: 3)
    let volume = "\(path)/cache-root/cache/I9p,one,b"
    for entry in NaiveWalk.entries(volume).filter(\.isRegular).prefix(2) {
      var record = ObjectRecord(objectSize: 4000, coherency: [1, 2, 3, 4])
      record.content = .dirty
      setAttribute("\(volume)/" + String(decoding: entry.path, as: UTF8.self), record.bytes)
    }
    try write("cache-root/cache/@4a/I03nfs/@30/Es0Mik", [1])
    try write("cache-root/cache/@4b/I03nfs/@31/Es0Mil", [1])
    try write("cache-root/graveyard/6b00e87700000001/T1", [1])
  }

  /// Plans a purge.
  func plan(_ selection: PurgeSelection) throws -> PurgePlan {
    var options = PurgePlan.Options()
    options.threads = 2
    options.isCancelled = { false }
    return try PurgePlan(selection, in: Store(path: path("cache-root")), options)
  }

  /// Purges what is planned.
  func purge(_ plan: PurgePlan, change: (inout Purge.Options) -> Void = { _ in }) throws -> PurgeResult {
    let failures = Collector<StoreError>()
    var options = Purge.Options(now: Self.now)
    options.threads = 1
    options.includesDirty = true
    options.onFailure = { failures.add($0) }
    options.isCancelled = { false }
    change(&options)
    let report = try Purge(options).run(plan, in: Store(path: path("cache-root")))
    return PurgeResult(report: report, failures: failures.all)
  }

  /// Plans and purges.
  func purge(_ selection: PurgeSelection, change: (inout Purge.Options) -> Void = { _ in }) throws -> PurgeResult {
    try purge(plan(selection), change: change)
  }

  /// Whether there is such an entry in the cache below this directory.
  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/cache-root/\(name)") }

  /// A snapshot without what is at and below these paths, and without the times of the directories above them.
  func rest(_ snapshot: [String]? = nil, besides paths: [String]) throws -> [String] {
    try (snapshot ?? self.snapshot()).filter { line in
      let name = line.prefix { $0 != " " }
      let isGone = paths.contains { name == $0 || name.hasPrefix($0 + "/") }
      let isAbove = paths.contains { $0.hasPrefix(name.isEmpty ? "" : name + "/") }
      return !isGone && !isAbove && name != "graveyard"
    }
  }
}
