// SPDX-License-Identifier: Apache-2.0
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import LinuxIO

/// What a program needs that serves for as long as the machine runs.
@Suite("Services")
struct ServiceTests {
  let scratch = ScratchDirectory()

  @Test("an event is readable until it is cleared, and wakes who waits")
  func event() throws {
    let event = try Event()
    #expect(!event.wait(milliseconds: 1))
    event.set()
    event.set()
    var set = PollSet()
    let place = set.add(event.descriptor)
    try set.wait(milliseconds: 0)
    #expect(set.isReady(place))
    #expect(event.wait(milliseconds: 0) && !event.wait(milliseconds: 0))
    try set.wait(milliseconds: 0)
    #expect(!set.isReady(place))
    let thread = try BackgroundThread { event.set() }
    #expect(event.wait(milliseconds: 10_000) && thread.waitForEnd(milliseconds: 10_000))
  }

  @Test("a signal of a crash has no handler any more: it ends the process, whoever sent it")
  func crashes() {
    var handlers = Background.crashSignals.map { _ in sigaction() }
    for (index, number) in Background.crashSignals.enumerated() { sigaction(number, nil, &handlers[index]) }
    defer { for (index, number) in Background.crashSignals.enumerated() { sigaction(number, &handlers[index], nil) } }
    var ours = sigaction()
    ours.__sigaction_handler.sa_handler = { _ in }
    for number in Background.crashSignals { sigaction(number, &ours, nil) }
    Background.endAtOnceOnCrash()
    for number in Background.crashSignals {
      var now = sigaction()
      sigaction(number, nil, &now)
      #expect(now.__sigaction_handler.sa_handler == nil, "signal \(number)")
    }
  }

  @Test("a thread that hangs is not waited for")
  func hangs() throws {
    let event = try Event()
    let thread = try BackgroundThread { _ = event.wait() }
    #expect(!thread.waitForEnd(milliseconds: 10))
    event.set()
    #expect(thread.waitForEnd(milliseconds: 10_000))
  }

  @Test("what is made in a directory, and what is moved there, is told; what is removed is not")
  func arrivals() throws {
    try scratch.makeDirectory("watched")
    try scratch.write("other/file", [1])
    let watch = try ArrivalWatch(OwnedDescriptor(directory: scratch.path("watched")))
    let isTold = { () throws -> Bool in
      var set = PollSet()
      let place = set.add(watch.descriptor)
      try set.wait(milliseconds: 0)
      defer { if set.isReady(place) { watch.clear() } }
      return set.isReady(place)
    }
    #expect(try !isTold())
    try scratch.write("watched/new", [1])
    #expect(try isTold() && !isTold())
    #expect(rename("\(scratch.path)/other/file", "\(scratch.path)/watched/moved") == 0)
    #expect(try isTold())
    unlink("\(scratch.path)/watched/new")
    #expect(try !isTold())
    #expect(throws: Errno.self) { try ArrivalWatch(OwnedDescriptor(device: "/dev/null")) }
  }

  @Test("a file is replaced whole, or stays as it was", arguments: [true, false])
  func replace(isDurable: Bool) throws {
    let path = scratch.path("file")
    try NewFile.replace(path, with: [1], permissions: 0o644, isDurable: isDurable)
    try NewFile.replace(path, with: [2, 3], permissions: 0o640, isDurable: isDurable)
    #expect(try SmallFile.read(path) == [2, 3])
    #expect(try FileStatus.of(path).permissions == 0o640)
    // Each call fails in turn.
    for ordinal in 1...20 {
      let plan = FaultPlan(ordinal: ordinal, with: .ioError)
      let isFailed: Bool
      do {
        try plan.run { try NewFile.replace(path, with: [4], isDurable: isDurable) }
        isFailed = false
      } catch {
        isFailed = true
      }
      let now = try SmallFile.read(path)
      #expect(now == [2, 3] || now == [4])
      #expect(isFailed || now == [4])
      #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["file"])
      try NewFile.replace(path, with: [2, 3])
    }
    try NewFile.remove(path)
    #expect(throws: Errno.noSuchFileOrDirectory) { try NewFile.remove(path) }
  }

  /// Whether no descriptor is handed over.
  private var isNone: Bool {
    if let taken = InheritedDescriptors.take(named: "cachefiles") {
      _ = taken.raw
      return false
    }
    return true
  }

  @Test("descriptors that are handed over are taken by name, once, and only by whom they are meant for")
  func inherited() throws {
    // The variables are this process's: no two tests set them.
    setenv("LISTEN_FDS", "1", 1)
    setenv("LISTEN_FDNAMES", "other", 1)
    setenv("LISTEN_PID", "1", 1)
    #expect(isNone)
    setenv("LISTEN_PID", "\(getpid())", 1)
    #expect(isNone)
    #expect(getenv("LISTEN_FDS") == nil)
    for broken in ["", "x", "-1", "99999999"] {
      setenv("LISTEN_PID", "\(getpid())", 1)
      setenv("LISTEN_FDS", broken, 1)
      #expect(isNone)
    }
    unsetenv("LISTEN_FDS")
    unsetenv("LISTEN_PID")
  }

  @Test("each call that fails is an error of its own")
  func faults() throws {
    func fails(_ call: Syscall, _ body: () throws -> Void) {
      _ = #expect(throws: Errno.tooManyLinks) {
        try FaultPlan(failing: call, ordinal: 0, with: .tooManyLinks).run(body)
      }
    }
    fails(.eventfd) { _ = try Event() }
    fails(.eventfd) { _ = try BackgroundThread {} }
    fails(.signalfd) { _ = try SignalQueue() }
    fails(.capset) { try Capabilities.keepOnly([]) }
    fails(.fork) { try Background.enter() }
    fails(.chdir) { try Background.leaveDirectory() }
    fails(.dup) { try Background.closeStandardStreams() }
    fails(.sendmsg) { try NotificationSocket(path: "/x").send("READY=1") }
    fails(.open) { _ = try OwnedDescriptor(device: "/dev/null") }
    fails(.poll) {
      var set = PollSet()
      try set.wait(milliseconds: 0)
    }
  }

  @Test("work is held to a share of the processor, unless there is a hurry")
  func share() {
    let burn = { (milliseconds: Int64, share: inout ProcessorShare) -> Duration in
      let start = ContinuousClock.now
      share.rest()
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      let begin = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
      repeat {
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      } while Int64(time.tv_sec) * 1_000_000_000
        + Int64(time.tv_nsec) - begin < milliseconds * 1_000_000
      share.rest()
      return ContinuousClock.now - start
    }
    var tenth = ProcessorShare(0.1)
    // 10 ms of work take 100 ms: never less, however busy the machine is.
    #expect(burn(10, &tenth) >= .milliseconds(95))
    let asked = ProcessInfo.processInfo.processIdentifier
    var hurried = ProcessorShare(0.000_001, isHurried: { asked > 0 })
    #expect(burn(2, &hurried) < .seconds(60))
  }
}
