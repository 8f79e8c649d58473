// SPDX-License-Identifier: Apache-2.0
#if FAULTS
  import CAttr
  import CachefilesCheck
  import CachefilesFormat
  import Foundation
  import LinuxIO
  import StoreTestSupport
  import Synchronization
  import SystemPackage
  import TestSupport
  import Testing

  @testable import CachefilesStore
  @testable import CachefilesUpkeep

  /// All work on a cache in use, with each call and each command failing in turn.
  @Suite("Faults on a cache in use", .enabled(if: TracingRights() == .possible))
  struct LiveFaultTests {
    /// Objects, the first of them unused for longest.
    private static func aged(_ scratch: ScratchDirectory, _ count: Int) throws -> [String] {
      try scratch.makeCache(objects: count)
      try scratch.tidyModes("cache-root")
      let paths = objects(scratch)
      for (index, path) in paths.enumerated() {
        let times = [timespec(tv_sec: 1_600_000_000 + index, tv_nsec: 0), timespec(tv_sec: 0, tv_nsec: 0x3fff_fffe)]
        #expect(utimensat(AT_FDCWD, "\(scratch.path)/cache-root/\(path)", times, 0) == 0)
      }
      return paths
    }

    private static func objects(_ scratch: ScratchDirectory) -> [String] {
      NaiveWalk.entries("\(scratch.path)/cache-root").filter(\.isRegular).map {
        String(decoding: $0.path, as: UTF8.self)
      }.sorted()
    }

    @Test("A cull removes the first of the order, says what failed, and a second one ends it")
    func cull() throws {
      try LiveFaults(
        make: { .init(mayGo: try Self.aged($0, 9), isInOrder: true) },
        work: { scratch, daemon in
          let failures = Collector<StoreError>()
          var options = CullOptions()
          options.goal.maximumObjects = 5
          options.isLive = true
          options.liveness = daemon.sources
          options.onFailure = { failures.add($0) }
          do throws(OpeningFailure) {
            let report = Cull(try Store(path: scratch.path("cache-root")), options).run()
            return .init(failures.all, report.refusal, kept: report.inUse + report.skipped)
          } catch {
            return .init(notBegun: error)
          }
        }
      ).run("cull")
    }

    @Test(
      "A daemon's cull removes the first of the order, says what failed, and a second one ends it",
      .enabled(if: Mount.isPossible, "needs mounts"))
    func standingCull() throws {
      let wanted = Guarded<UInt64>(0)
      try LiveFaults(
        make: { scratch in
          // It goes by the room of the file system.
          try scratch.makeDirectory("cache-root")
          let mount = try Mount(["-t", "tmpfs", "-o", "size=16m,nr_inodes=1000", "tmpfs", "\(scratch.path)/cache-root"])
          let paths = try Self.aged(scratch, 9)
          let room = try Store(path: scratch.path("cache-root")).root.fileSystem()
          wanted.withLock { $0 = room.freeFiles + 4 }
          return .init(mayGo: paths, isInOrder: true, keeper: KeptMount(mount, in: scratch))
        },
        work: { scratch, daemon in
          let failures = Collector<StoreError>()
          var options = StandingCull.Options()
          options.onFailure = { failures.add($0) }
          var goal = CullGoal()
          goal.freeFiles = wanted.withLock { $0 }
          do {
            let live = try LiveCache(bound: try Store(path: scratch.path("cache-root")), by: daemon.kernel)
            let outcome = StandingCull(SharedLiveHold(live), options).run(goal)
            return .init(failures.all, outcome.refusal, kept: outcome.inUse + outcome.skipped)
          } catch {
            return .init(notBegun: error)
          }
        }
      ).run("daemon's cull")
    }

    @Test(
      "A purge removes objects of the chosen volume only, says what failed, and a second one ends it",
      arguments: [false, true])
    func purge(isUsed: Bool) throws {
      try LiveFaults(
        make: { scratch in
          try scratch.makeCache(volume: "9p,one,a", objects: 5)
          try scratch.makeCache(volume: "9p,two,b", objects: 3)
          return .init(mayGo: Self.objects(scratch).filter { $0.hasPrefix("cache/I9p,one,a/") }, isInOrder: false)
        },
        work: { scratch, daemon in
          // One command for the volume, or one for each object of a volume in use.
          if isUsed { daemon.kernel.busy.withLock { _ = $0.insert(Array("I9p,one,a".utf8)) } }
          let failures = Collector<StoreError>()
          var options = Purge.Options(now: Timestamp.now)
          options.onFailure = { failures.add($0) }
          do {
            let hold = SharedLiveHold(try Store(path: scratch.path("cache-root")).holdLive(daemon.sources))
            let plan = try PurgePlan(.volumes { $0 == Array("9p,one,a".utf8) }, in: hold.live.store)
            let report = LivePurge(options).run(plan, in: hold)
            return .init(failures.all, report.refusal, kept: report.inUse + report.keptDirty)
          } catch {
            return .init(notBegun: error)
          }
        }
      ).run("purge")
    }

    @Test("A repair removes poisoned objects only, says what failed, and a second one ends it")
    func repair() throws {
      try LiveFaults(
        make: { scratch in
          let all = try Self.aged(scratch, 6)
          for path in all.prefix(3) { removexattr("\(scratch.path)/cache-root/\(path)", "user.CacheFiles.cache") }
          return .init(mayGo: Array(all.prefix(3)), isInOrder: false)
        },
        work: { scratch, daemon in
          do {
            let result = try scratch.check("cache-root", .safe) { options in
              options.isLive = true
              options.liveness = daemon.sources
              options.isThorough = false
            }
            let withheld = result.findings.filter { if case .withheld = $0.decision { !$0.isRepaired } else { false } }
            return .init(result.failures, result.report.refusal, kept: withheld.count)
          } catch {
            return .init(notBegun: error)
          }
        }
      ).run("repair")
    }
  }
#endif
