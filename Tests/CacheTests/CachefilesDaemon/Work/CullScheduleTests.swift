// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesSurvey
import CachefilesUpkeep
import LinuxIO
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesDaemon

@Suite("When the daemon culls")
struct CullScheduleTests {
  private let start = ContinuousClock.now
  private let scratch = ScratchDirectory()

  private func state(_ cull: Int, released: Int = 0) throws -> CacheStateLine {
    let text =
      "cull=\(cull) frun=64 fcull=46 fstop=1e brun=64 bcull=46 bstop=1e freleased=\(String(released, radix: 16))"
    let bytes = Array(text.utf8)
    guard let line = CacheStateLine(bytes.span) else { throw StartFailure("no line") }
    return line
  }

  private func fileSystem(_ available: UInt64, files: UInt64 = 1000) throws -> FileSystemStatus {
    var status = try OwnedDescriptor(directory: FilePath(scratch.path)).fileSystem()
    (status.blockSize, status.blocks, status.availableBlocks, status.freeBlocks) = (4096, 1000, available, available)
    (status.files, status.freeFiles) = (1000, files)
    return status
  }

  private func outcome(_ objects: Int = 0, isReached: Bool = false, isExhausted: Bool = false) -> StandingCull.Outcome {
    var outcome = StandingCull.Outcome()
    outcome.done.objects = objects
    (outcome.isReached, outcome.isExhausted) = (isReached, isExhausted)
    return outcome
  }

  @Test("nothing is due before the kernel asks, and a cull is for as long as it asks")
  func asks() throws {
    var schedule = CullSchedule()
    #expect(!schedule.isDue(at: start))
    schedule.note(try state(0), try fileSystem(500))
    #expect(!schedule.isDue(at: start))
    schedule.note(try state(1), try fileSystem(60))
    #expect(schedule.isDue(at: start))
    schedule.note(outcome(10, isReached: true), at: start)
    #expect(schedule.isDue(at: start))
    schedule.note(try state(0), try fileSystem(120))
    #expect(!schedule.isDue(at: start))
  }

  @Test("it goes to the run limit, with its margin, and to the daemon's own minimum where that is more")
  func goal() throws {
    var schedule = CullSchedule()
    schedule.margin = 8192
    schedule.note(try state(1), try fileSystem(60))
    #expect(schedule.goal.availableBytes == UInt64(100 * 4096 + 8192))
    #expect(schedule.goal.freeFiles == 100)
    schedule.minimumFree = 200 * 4096
    #expect(schedule.goal.availableBytes == UInt64(200 * 4096 + 8192))
    schedule.minimumFree = .max / 2
    #expect(schedule.goal.availableBytes == UInt64(1000 * 4096))
    schedule.minimumFree = 200 * 4096
    schedule.note(try state(0), try fileSystem(150))
    #expect(schedule.isDue(at: start) && schedule.goal.freeFiles == nil)
    schedule.note(try state(0), try fileSystem(200))
    #expect(!schedule.isDue(at: start))
  }

  @Test("where nothing can go it waits: for time, longer from one try to the next, or for what is let go")
  func stuck() throws {
    var schedule = CullSchedule()
    schedule.note(try state(1), try fileSystem(60))
    schedule.note(outcome(isExhausted: true), at: start)
    #expect(schedule.isStuck)
    #expect(!schedule.isDue(at: start + .seconds(29)) && schedule.isDue(at: start + .seconds(30)))
    schedule.note(outcome(isExhausted: true), at: start + .seconds(30))
    #expect(!schedule.isDue(at: start + .seconds(89)) && schedule.isDue(at: start + .seconds(90)))
    schedule.note(try state(1, released: 4), try fileSystem(60))
    #expect(!schedule.isDue(at: start + .seconds(31)))
    schedule.note(try state(1, released: 1), try fileSystem(60))
    #expect(schedule.isDue(at: start + .seconds(31)))
    for _ in 0..<20 { schedule.note(outcome(isExhausted: true), at: start) }
    #expect(schedule.isDue(at: start + CullSchedule.lastPatience))
    // As soon as something went, it is as if nothing had been.
    schedule.note(outcome(1), at: start)
    #expect(!schedule.isStuck && schedule.isDue(at: start))
  }

  @Test("a kernel that goes on asking although there is room gets a little more, and is not asked in a circle")
  func slack() throws {
    var schedule = CullSchedule()
    schedule.note(try state(1), try fileSystem(100))
    schedule.note(outcome(isReached: true), at: start)
    #expect(!schedule.isDue(at: start) && schedule.isDue(at: start + .seconds(1)))
    let first = try #require(schedule.goal.availableBytes)
    #expect(first > 100 * 4096)
    schedule.note(try state(0), try fileSystem(110))
    schedule.note(try state(1), try fileSystem(60))
    #expect(schedule.goal.availableBytes == UInt64(100 * 4096))
  }

  @Test("nocull means never")
  func off() throws {
    var schedule = CullSchedule()
    schedule.isOff = true
    schedule.note(try state(1), try fileSystem(1))
    #expect(!schedule.isDue(at: start) && schedule.nextMoment == nil)
  }

  @Test("past the stop limit, of blocks or of files, a scan hurries")
  func stop() throws {
    var schedule = CullSchedule()
    schedule.note(try state(1), try fileSystem(30))
    #expect(!schedule.isPastStop)
    schedule.note(try state(1), try fileSystem(29))
    #expect(schedule.isPastStop)
    schedule.note(try state(1), try fileSystem(500, files: 29))
    #expect(schedule.isPastStop)
  }

  @Test("limits of its own that are not kept to take more of the time, until they have all been looked at")
  func lateLimits() throws {
    var schedule = CullSchedule()
    func share(_ seconds: Int) -> Double {
      schedule.share(least: 0.02, at: start + .seconds(seconds), interval: .seconds(100))
    }
    #expect(share(1000) == 0.02)
    schedule.noteLimitsBegin(at: start)
    schedule.noteLimitsBegin(at: start + .seconds(100))
    #expect(share(99) == 0.02)
    #expect(share(200) == 0.08)
    // What the kernel wants counts where it is more.
    schedule.note(try state(1), try fileSystem(60))
    #expect(share(200) > 0.08)
    schedule.note(try state(0), try fileSystem(500))
    #expect(share(200) == 0.08)
    schedule.noteLimitsEnd()
    #expect(share(1000) == 0.02)
  }
}
