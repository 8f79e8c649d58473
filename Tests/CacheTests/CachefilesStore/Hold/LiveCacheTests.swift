// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Foundation
import LinuxIO
import StoreTestSupport
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import CachefilesStore

/// The kernel's leave: whom it is borrowed of, when it is refused, and where commands act.
@Suite("A cache in use", .enabled(if: TracingRights() == .possible))
struct LiveCacheTests {
  let scratch = ScratchDirectory()
  private let volume = "cache-root/cache/I9p,p9src,hosttag"

  /// Takes the cache and lets it go; why that is refused.
  private func refusal(_ sources: LivenessSources) throws -> String? {
    try FakeDaemon.inUse {
      let store = try Store(path: scratch.path("cache-root"))
      do throws(Refusal) {
        _ = try store.holdLive(sources)
        return nil
      } catch {
        #expect(error.isOccupied, "\(error)")
        return error.description.replacingOccurrences(
          of: "the cache is in use, and nothing can be removed from it now: ", with: "")
      }
    }
  }

  /// A copy of /proc with these files in it, beside the real processes.
  private func proc(_ files: [String: String]) throws -> FilePath {
    for (name, text) in files {
      try scratch.makeDirectory("proc/" + name.split(separator: "/").dropLast().joined(separator: "/"))
      try scratch.write("proc/\(name)", Array(text.utf8))
    }
    return scratch.path("proc")
  }

  /// Waits until something holds, at most a minute.
  private func wait(_ condition: () throws -> Bool) throws {
    for _ in 0..<6000 {
      if try condition() { return }
      usleep(10_000)
    }
    Issue.record("it never came to hold")
  }

  @Test("The descriptor is borrowed of the process that has the device open")
  func borrowed() throws {
    try scratch.makeCache(objects: 3)
    let daemon = try FakeDaemon(scratch)
    try FakeDaemon.inUse {
      let store = try Store(path: scratch.path("cache-root"))
      let cache = try store.holdLive(daemon.sources)
      #expect(cache.daemon.process == daemon.identifier)
      #expect(cache.daemon.description == "sleep (pid \(daemon.identifier))")
      try cache.checkStillHeld()
    }
    // The one command was asked in the root directory.
    let root = try Store(path: scratch.path("cache-root")).rootStatus
    #expect(daemon.kernel.places.withLock { $0 } == [FakeKernel.Place(device: root.device, inode: root.inode): 1])
  }

  @Test("Without a daemon, with several, or with one of another kind, the reason is one line")
  func otherDaemons() throws {
    try scratch.makeCache(objects: 3)
    let daemon = try FakeDaemon(scratch)
    #expect(try refusal(daemon.sources) == nil)
    let second = try FileHolder.start(scratch.path("device").string).processIdentifier
    let both = try #require(try refusal(daemon.sources))
    #expect(both.hasPrefix("several processes have /dev/cachefiles open: sleep (pid "))
    kill(second, SIGKILL)
    try wait { try refusal(daemon.sources) == nil }
    // One that was just forked, and has what its parent has for a moment.
    let passing = try FileHolder.start(scratch.path("device").string).processIdentifier
    let end = Thread {
      usleep(15_000)
      kill(passing, SIGKILL)
    }
    end.start()
    #expect(try refusal(daemon.sources) == nil)
    try scratch.write(
      "volumes", Array("00000001     2     5     1 00 fake            erofs,domain\n".utf8))
    let onDemand = try #require(try refusal(daemon.sources))
    #expect(onDemand.hasSuffix("on-demand mode, where objects belong to the daemon; remove images there"))
    try scratch.write("volumes", Array("00000001     2     5     1 00 other           erofs,domain\n".utf8))
    #expect(try refusal(daemon.sources) == nil)
    daemon.end()
    // Some processes of a container's host may be closed to it.
    let closed = try OpenFiles.search(for: scratch.path("device").string).refusal
    let words = LeaveRefusal.noDaemon.description
    let none = closed.map { LeaveRefusal.closedProcesses($0).description } ?? words
    try wait { try refusal(daemon.sources) == none }
    #expect(try refusal(daemon.sources) == none && words == "no process has /dev/cachefiles open")
  }

  @Test(
    "The kernel's table must have this cache and no other, in use",
    arguments: [
      ("E", "the kernel has withdrawn the cache; its log has the reason"),
      ("W", "the kernel has withdrawn the cache; its log has the reason"),
      ("P", "does not hold this cache: the kernel's table says being bound"),
      ("-", "does not hold this cache: the kernel's table has 0 caches"),
    ])
  func tables(_ state: String, _ reason: String) throws {
    try scratch.makeCache(objects: 3)
    let daemon = try FakeDaemon(
      scratch, caches: FakeDaemon.table.replacingOccurrences(of: " A ", with: " \(state) "))
    #expect(try refusal(daemon.sources)?.hasSuffix(reason) == true)
    try scratch.write("caches", Array((FakeDaemon.table + FakeDaemon.table.suffix(40)).utf8))
    #expect(try refusal(daemon.sources) != nil)
  }

  @Test("What forbids it is named: Yama, the capability, the kernel's age, the namespace of processes")
  func forbidden() throws {
    try scratch.makeCache(objects: 3)
    let daemon = try FakeDaemon(scratch)
    var sources = daemon.sources
    sources.kernel = KernelRelease(5, 4)
    #expect(try refusal(sources) == "kernel 5.4 has no pidfd_getfd(2), which came with 5.6")
    sources.kernel = KernelRelease(5, 10)
    #expect(try refusal(sources)?.contains("kernel 5.10 does not mark directories in use") == true)
    sources = daemon.sources
    // A process of this number, as the kernel would show it.
    sources.processes = try proc([
      "\(daemon.identifier)/comm": "cachefilesd\n", "sys/kernel/yama/ptrace_scope": "3\n",
    ])
    try scratch.makeDirectory("proc/\(daemon.identifier)/fd")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path("proc/\(daemon.identifier)/fd/7").string, withDestinationPath: sources.device)
    #expect(try refusal(sources)?.contains("kernel.yama.ptrace_scope is 3") == true)
    _ = try proc(["sys/kernel/yama/ptrace_scope": "1\n", "self/status": "CapEff:\t0000000000000000\n"])
    #expect(try refusal(sources) == "borrowing the daemon's descriptor needs CAP_SYS_PTRACE")
    _ = try proc(["self/status": "CapEff:\t000001ffffffffff\n"])
    #expect(try refusal(sources) == nil)
    _ = try proc(["\(daemon.identifier)/comm": "nydusd\n"])
    #expect(try refusal(sources)?.hasPrefix("nydusd (pid \(daemon.identifier)) serves it in on-demand mode") == true)
    try FileManager.default.removeItem(atPath: scratch.path("proc/\(daemon.identifier)").string)
    #expect(try refusal(sources)?.hasPrefix("the processes of the machine cannot be seen from here") == true)
  }

  @Test(
    "A call that fails refuses with its reason",
    arguments: [
      (Syscall.pidfdOpen, Errno.noFunction, "pidfd_getfd(2) is not available"),
      (.pidfdGetfd, .notPermitted, "the kernel does not let sleep"),
      (.pidfdGetfd, .badFileDescriptor, "no process has"),
      (.unshare, .notPermitted, "cannot ask for leave"), (.fchdir, .permissionDenied, "cannot ask for leave"),
      (.eventfd, .tooManyOpenFiles, "cannot ask for leave"), (.flock, .wouldBlock, "another program of this package"),
    ])
  func failingCalls(_ call: Syscall, _ error: Errno, _ words: String) throws {
    try scratch.makeCache(objects: 3)
    let daemon = try FakeDaemon(scratch)
    let store = try Store(path: scratch.path("cache-root"))
    // The answer of the probe is that of a kernel; the other call fails below it.
    let refusal = FaultPlan(failing: call, ordinal: 1, with: error).run {
      do throws(Refusal) {
        _ = try store.takeLive(daemon.sources)
        return "none"
      } catch {
        return error.description
      }
    }
    #expect(refusal.contains(words), "\(refusal)")
  }

  @Test("A device that does not know the directory is refused")
  func otherCache() throws {
    try scratch.makeCache(objects: 3)
    let daemon = try FakeDaemon(scratch, FakeKernel(failure: (1, .noSuchFileOrDirectory)))
    #expect(try refusal(daemon.sources)?.hasSuffix("the device says that this one is not in use") == true)
    daemon.end()
    let dead = try FakeDaemon(scratch, FakeKernel(failure: (0, .ioError)))
    try wait { try refusal(dead.sources) == "stopped: the kernel has withdrawn the cache; its log has the reason" }
  }

  @Test("When the daemon ends the device is closed at once, and nothing more is asked")
  func daemonEnds() throws {
    try scratch.makeCache(objects: 3)
    let daemon = try FakeDaemon(scratch)
    try FakeDaemon.inUse {
      let store = try Store(path: scratch.path("cache-root"))
      let cache = try store.holdLive(daemon.sources)
      daemon.end()
      try wait { cache.link.end != nil }
      #expect(cache.link.end == .daemonEnded)
      #expect(throws: Refusal.stopped(.daemonEnded)) { try cache.checkStillHeld() }
    }
  }

  @Test("A command never acts in a directory that was not checked, whatever others swap meanwhile")
  func racer() throws {
    try scratch.makeCache(objects: 64)
    let daemon = try FakeDaemon(scratch, FakeKernel(onlyAnswers: true))
    let root = full("cache-root")
    // For each fanout directory a decoy with hard links of the same objects, inside the cache and outside it.
    var targets: [(way: SeenDirectory, name: EntryName, inode: UInt64, path: String)] = []
    let store = try Store(path: scratch.path("cache-root"))
    try scratch.makeDirectory("outside")
    let cacheName = EntryName("cache")
    let volumeName = try #require(EntryName(Array("I9p,p9src,hosttag".utf8)))
    for fanout in try FileManager.default.contentsOfDirectory(atPath: full(volume)).sorted() {
      let path = full("\(volume)/\(fanout)")
      try scratch.makeDirectory("outside/\(fanout)")
      let fanoutName = try #require(EntryName(Array(fanout.utf8)))
      let way = try SeenDirectory([cacheName, volumeName, fanoutName], below: store.root)
      for name in try FileManager.default.contentsOfDirectory(atPath: path) {
        #expect(link("\(path)/\(name)", full("outside/\(fanout)/\(name)")) == 0)
        let entry = try #require(EntryName(Array(name.utf8)))
        let inode = try way.open(below: store.root).status(of: entry).inode
        targets.append((way, entry, inode, path))
      }
    }
    let checked = Set(targets.compactMap(\.way.steps.last).map { FakeKernel.Place(device: $0.device, inode: $0.inode) })
    let stop = Atomic<Bool>(false)
    let swaps = Atomic<Int>(0)
    let paths = Set(targets.map(\.path)).sorted()
    let outside = full("outside")
    let racer = Thread {
      var turn = 0
      while !stop.load(ordering: .relaxed) {
        let path = paths[turn % paths.count]
        let decoy = outside + "/" + (path.split(separator: "/").last.map(String.init) ?? "")
        guard rename(path, root + "/aside") == 0 else { break }
        if turn % 3 == 0 {
          symlink(decoy, path)
          sched_yield()
          unlink(path)
        } else if turn % 3 == 1 {
          rename(decoy, path)
          sched_yield()
          rename(path, decoy)
        } else {
          rename(root + "/cache/I9p,p9src,hosttag", root + "/cache/away")
          symlink(outside, root + "/cache/I9p,p9src,hosttag")
          sched_yield()
          unlink(root + "/cache/I9p,p9src,hosttag")
          rename(root + "/cache/away", root + "/cache/I9p,p9src,hosttag")
        }
        rename(root + "/aside", path)
        turn += 1
        swaps.add(1, ordering: .relaxed)
      }
    }
    racer.start()
    defer { stop.store(true, ordering: .relaxed) }
    let hold = try FakeDaemon.inUse { SharedLiveHold(try store.holdLive(daemon.sources)) }
    daemon.kernel.places.withLock { $0 = [:] }
    let work = targets.map { ($0.way, $0.name, $0.inode) }
    let answers = try hold.withRemover { remover in
      var answers = (removed: 0, kept: 0, failed: 0)
      let clock = ContinuousClock.now
      while answers.removed + answers.kept < 20_000 || swaps.load(ordering: .relaxed) < 4000,
        ContinuousClock.now - clock < .seconds(60)
      {
        for (way, name, inode) in work {
          switch try? remover.remove(name, inode: inode, in: way) {
          case .removed: answers.removed += 1
          case .changed: answers.kept += 1
          case .failed(.notDirectory), .failed(.tooManySymbolicLinkLevels): answers.kept += 1
          default: answers.failed += 1
          }
        }
      }
      return answers
    }
    #expect(answers.failed == 0)
    #expect(answers.removed > 100, "the race was never won")
    #expect(answers.kept > 100, "the race was never lost")
    #expect(swaps.load(ordering: .relaxed) >= 4000)
    #expect(daemon.kernel.places.withLock { Set($0.keys) }.subtracting(checked).isEmpty)
  }

  private func full(_ name: String) -> String { "\(scratch.path)/\(name)" }

  @Test("a command that cannot be written, or only in part, is an error, and the next one is written whole")
  func faultyDevice() throws {
    let directory = try OwnedDescriptor(directory: FilePath(scratch.path))
    let file = try directory.open(try #require(EntryName(Array("device".utf8))), .create(permissions: 0o600))
    let device = BorrowedDevice(file)
    for error in [Errno.ioError, .noMemory, .resourceBusy, .badFileDescriptor] {
      try FaultPlan(failing: .command, ordinal: 1, with: error).run {
        #expect(throws: error) { try device.command(Array("cull T1".utf8)) }
        try device.command(Array("cull T2".utf8))
      }
    }
    #expect(
      try String(contentsOfFile: "\(scratch.path)/device", encoding: .utf8) == String(repeating: "cull T2", count: 4))
  }
}
