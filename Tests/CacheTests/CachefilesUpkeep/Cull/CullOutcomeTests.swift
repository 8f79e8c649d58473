// SPDX-License-Identifier: Apache-2.0
import CAttr
import CachefilesFormat
import CachefilesSurvey
import Foundation
import LinuxIO
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesStore
@testable import CachefilesUpkeep

/// Whether a goal holds is said of what there is, not of what was planned.
@Suite("Whether a cull's goal holds")
struct CullOutcomeTests {
  let scratch = ScratchDirectory()
  private static let moment: Timestamp = 1_700_000_000_000_000_000

  private func objects() -> [String] {
    NaiveWalk.entries("\(scratch.path)/cache-root").filter { $0.isRegular && $0.components.count == 4 }
      .map { String(decoding: $0.path, as: UTF8.self) }.sorted()
  }

  private func use(_ path: String, _ seconds: Int) {
    let time = timespec(tv_sec: seconds, tv_nsec: 0)
    #expect(utimensat(AT_FDCWD, "\(scratch.path)/cache-root/\(path)", [time, time], AT_SYMLINK_NOFOLLOW) == 0)
  }

  private func cull(_ change: (inout CullOptions) -> Void) throws -> Cull.Report {
    var options = CullOptions()
    options.threads = 1
    change(&options)
    return Cull(try Store(path: scratch.path("cache-root")), options).run()
  }

  @Test(
    "objects that stay although they are too old are counted, and the goal does not hold",
    arguments: [true, false])
  func tooOld(isDryRun: Bool) throws {
    try scratch.makeCache(objects: 8)
    let all = objects()
    for (index, path) in all.enumerated() { use(path, index < 5 ? 1_600_000_000 : 1_700_000_001) }
    let dirty = "\(scratch.path)/cache-root/\(all[0])"
    var value = NaiveWalk.attribute(Array(dirty.utf8)) ?? []
    value[17] = Content.dirty.rawValue
    setAttribute(dirty, value)
    let protected = Array(all[1].utf8)
    let report = try cull {
      $0.goal.usedSince = Self.moment
      $0.isDryRun = isDryRun
      $0.selection.isProtected = { $0 == protected }
    }
    #expect(report.done.objects == 3)
    #expect(!report.isGoalMet)
    // The dirty one. The protected one is to stay, and its age is no failure.
    #expect(report.shortfall.olderObjects == 1)
    #expect(report.shortfall.need.isNothing)
    let rest = try cull {
      $0.goal.usedSince = Self.moment
      $0.isDryRun = isDryRun
      $0.selection.includesDirty = true
    }
    #expect(rest.done.objects == (isDryRun ? 5 : 2))
    #expect(rest.isGoalMet)
  }

  @Test("an object that is used after it was counted is not too old any more")
  func usedMeanwhile() throws {
    try scratch.makeCache(objects: 8)
    let all = objects()
    for path in all { use(path, 1_600_000_000) }
    let report = try cull {
      $0.goal.usedSince = Self.moment
      $0.onPlan = { _ in use(all[3], 1_700_000_001) }
    }
    #expect(objects() == [all[3]])
    #expect(report.isGoalMet)
    #expect(report.shortfall == CullShortfall())
  }

  @Test("a cull that ends at whatever moment never says that a goal holds which does not")
  func endsAnywhere() throws {
    try scratch.makeCache(objects: 0)
    // The last directory of a scan, with more entries than one buffer takes.
    let fanout = "cache-root/cache/I9p,p9src,hosttag/@11"
    try scratch.makeDirectory(fanout)
    for number in 0..<6000 {
      close(open("\(scratch.path)/\(fanout)/T\(1_000_000_000 + number)", O_CREAT | O_WRONLY, 0o600))
    }
    var (isOver, moment) = (false, 0)
    while !isOver {
      moment += 1
      let (asked, limit) = (Collector<Bool>(), moment)
      let report = try cull {
        $0.goal.maximumObjects = 5000
        $0.isDryRun = true
        $0.isCancelled = {
          asked.add(true)
          return asked.all.count > limit
        }
      }
      isOver = asked.all.count <= limit
      if report.isGoalMet { #expect(report.done.objects == 1000, "\(moment)") }
      if report.isCounted { #expect(report.need.objects == 1000, "\(moment)") }
      // Once objects are looked at one by one, each moment is like the next.
      if report.done.objects > 0 { moment += 200 }
    }
    #expect(moment > 20)
  }

  @Test("where not all could be counted nobody knows whether a goal of numbers holds")
  func unread() throws {
    try scratch.makeCache(objects: 5)
    let counter = FaultPlan(failing: .getdents64, ordinal: .max, with: .ioError)
    _ = try counter.run { try cull { $0.goal.maximumObjects = 5 } }
    var unknown = 0
    for ordinal in 1...counter.watched {
      let plan = FaultPlan(failing: .getdents64, ordinal: ordinal, with: .ioError)
      let report = try plan.run { try cull { $0.goal.maximumObjects = 5 } }
      #expect(report.errors == report.shortfall.unreadEntries || report.refusal != nil)
      #expect(!report.isGoalMet || report.errors == 0, "\(ordinal)")
      if report.shortfall.unreadEntries > 0 { unknown += 1 }
    }
    #expect(unknown > 5)
    #expect(objects().count == 5)
  }

  @Test(
    "space that removed files still hold is not available, and the goal does not hold until it is",
    .enabled(if: Mount.isPossible, "needs mounts"))
  func heldOpen() throws {
    let image = try scratch.write("image", [])
    _ = try Command.run("/usr/bin/truncate", ["-s", "64M", image])
    #expect(try Command.run("/sbin/mkfs.ext4", ["-q", image]).status == 0)
    try scratch.makeDirectory("cache-root")
    let mount = try Mount(["-o", "loop", image, "\(scratch.path)/cache-root"])
    try scratch.makeCache(objects: 6)
    for path in objects() {
      let file = try #require(fopen("\(scratch.path)/cache-root/\(path)", "a"))
      fwrite([UInt8](repeating: 1, count: 1 << 20), 1, 1 << 20, file)
      fclose(file)
    }
    // What the file system still had to allocate would move its free space on its own.
    _ = try Command.run("/usr/bin/sync", ["-f", "\(scratch.path)/cache-root"])
    var descriptors = objects().map { open("\(scratch.path)/cache-root/\($0)", O_RDONLY | O_CLOEXEC) }
    let store = try Store(path: scratch.path("cache-root"))
    let wanted = try store.root.fileSystem().availableBytes + (5 << 19)
    let held = try cull { $0.goal.availableBytes = wanted }
    #expect((1...4).contains(held.done.objects))
    #expect(!held.isGoalMet)
    #expect(held.shortfall.need.isNothing)
    #expect(held.shortfall.availableBytes > 2 << 20)
    for descriptor in descriptors { close(descriptor) }
    descriptors = []
    // The kernel may finish a file that nobody has open any more a little later.
    for _ in 0..<1000 where try store.root.fileSystem().availableBytes < wanted { usleep(10_000) }
    let after = try cull { $0.goal.availableBytes = wanted }
    #expect(after.isGoalMet)
    #expect(after.done.isNothing)
    mount.unmount()
  }
}
