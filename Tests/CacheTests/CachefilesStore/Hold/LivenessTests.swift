// SPDX-License-Identifier: Apache-2.0
import CachefilesCheck
import CachefilesFormat
import CachefilesStore
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// The question whether a kernel holds a cache: `rmdir` of a directory that is not empty, and when it must not be asked.
@Suite("Liveness")
struct LivenessTests {
  let scratch = ScratchDirectory()

  private func probe(_ plan: FaultPlan? = nil) throws -> Liveness {
    try scratch.write("caches", Array((Self.headings + "00000001    1    0     1     0 A cachefiles\n").utf8))
    return try probe(plan, LivenessSources(kernel: KernelRelease(6, 12), caches: scratch.path("caches")))
  }

  private func probe(_ plan: FaultPlan?, _ sources: LivenessSources) throws -> Liveness {
    let store = try Store(path: scratch.path("c"))
    guard let plan else { return store.probeLiveness(sources) }
    return plan.run { store.probeLiveness(sources) }
  }

  /// How `/proc/fs/fscache/caches` begins.
  private static let headings = """
    CACHE    REF   VOLS  OBJS  ACCES S NAME
    ======== ===== ===== ===== ===== = ===============

    """

  @Test("With both directories empty, a kernel that holds no cache at all settles it")
  func noCacheAtAll() throws {
    try make(cache: false, graveyard: false)
    let none = LivenessSources(kernel: KernelRelease(6, 12), caches: scratch.path("no such file"))
    #expect(try probe(nil, none) == .offline)
    let hidden = LivenessSources(kernel: KernelRelease(6, 12), caches: scratch.path("proc/fs/fscache/caches"))
    #expect(try probe(nil, hidden).isLive == nil)
    try scratch.makeDirectory("proc/fs")
    #expect(try probe(nil, hidden) == .offline)
    try scratch.write("empty table", Array(Self.headings.utf8))
    let empty = LivenessSources(kernel: KernelRelease(6, 12), caches: scratch.path("empty table"))
    #expect(try probe(nil, empty) == .offline)
    #expect(try probe(FaultPlan(failing: .open, ordinal: 1, with: .ioError), empty).isLive == nil)
    let old = LivenessSources(kernel: KernelRelease(5, 10), caches: scratch.path("no such file"))
    #expect(try probe(nil, old).isLive == nil)
  }

  @Test(
    "A cachefilesd that empties the graveyard is known by its name and the device, and only where the cache is in use")
  func graveyardDaemon() throws {
    try make(cache: true, graveyard: true)
    let sources = LivenessSources(kernel: KernelRelease(6, 12), processes: scratch.path("proc"))
    let live = FaultPlan(failing: .rmdir, ordinal: 0, with: .resourceBusy)
    func ask(_ plan: FaultPlan?) throws -> GraveyardDaemon {
      let store = try Store(path: scratch.path("c"))
      return plan.map { plan in plan.run { store.graveyardDaemon(sources) } } ?? store.graveyardDaemon(sources)
    }
    try scratch.makeDirectory("proc/12/fd")
    try scratch.write("proc/12/comm", Array("cachefilesd\n".utf8))
    #expect(try ask(live) == .cannotTell("the processes of the machine cannot be seen from here"))
    try showAllProcesses()
    #expect(try ask(live) == .none)
    symlink("/dev/cachefiles", "\(scratch.path)/proc/12/fd/3")
    #expect(try ask(live) == .running(process: 12))
    #expect(try ask(nil) == .none)
    // One that has borrowed the device, with a lower number.
    try scratch.write("proc/5/comm", Array("cachefiles-cull\n".utf8))
    try scratch.makeDirectory("proc/5/fd")
    symlink("/dev/cachefiles", "\(scratch.path)/proc/5/fd/3")
    #expect(try ask(live) == .running(process: 12))
    try FileManager.default.removeItem(atPath: "\(scratch.path)/proc/5")
    try scratch.write("proc/12/comm", Array("binder\n".utf8))
    #expect(try ask(live) == .none)
    try FileManager.default.removeItem(atPath: "\(scratch.path)/proc/12/comm")
    guard case .cannotTell = try ask(live) else {
      Issue.record("a process without a name is no answer")
      return
    }
  }

  /// Makes the list of processes that of the first namespace, with nothing hidden.
  private func showAllProcesses() throws {
    let own = "proc/\(getpid())"
    try scratch.makeDirectory("\(own)/ns")
    try scratch.makeDirectory("\(own)/fd")
    try scratch.makeDirectory("proc/2/fd")
    #expect(symlink("pid:[4026531836]", "\(scratch.path)/\(own)/ns/pid") == 0)
  }

  @Test("Where not all processes can be seen, nobody knows whether one holds an old kernel's cache")
  func hiddenProcesses() throws {
    try make(cache: true, graveyard: true)
    let sources = LivenessSources(kernel: KernelRelease(5, 10), processes: scratch.path("proc"))
    try scratch.makeDirectory("proc/12/fd")
    let words = "the processes of the machine cannot be seen from here"
    #expect(try probe(nil, sources).description.hasSuffix(words))
    try showAllProcesses()
    #expect(try probe(nil, sources) == .offline)
    // Another namespace, and processes that are hidden.
    let space = "\(scratch.path)/proc/\(getpid())/ns/pid"
    unlink(space)
    symlink("pid:[4026532198]", space)
    #expect(try probe(nil, sources).description.hasSuffix(words))
    unlink(space)
    symlink("pid:[4026531836]", space)
    try FileManager.default.removeItem(atPath: "\(scratch.path)/proc/2")
    #expect(try probe(nil, sources).description.hasSuffix(words))
  }

  /// What root without `CAP_SYS_PTRACE` meets: it may list the descriptors of a process with more rights, and not read where they lead.
  @Test("A process whose descriptors cannot be read may hold the cache", arguments: [1, 2])
  func closedProcesses(ordinal: Int) throws {
    try make(cache: true, graveyard: true)
    let sources = LivenessSources(kernel: KernelRelease(5, 10), processes: scratch.path("proc"))
    try showAllProcesses()
    for process in [12, 13] {
      try scratch.makeDirectory("proc/\(process)/fd")
      symlink("/dev/null", "\(scratch.path)/proc/\(process)/fd/0")
    }
    #expect(try probe(nil, sources) == .offline)
    let closed = FaultPlan(failing: .readlinkat, ordinal: ordinal, with: .permissionDenied)
    #expect(try probe(closed, sources).description.hasSuffix("not all processes can be asked (Permission denied)"))
    let store = try Store(path: scratch.path("c"))
    let again = FaultPlan(failing: .readlinkat, ordinal: 0, with: .permissionDenied)
    #expect(again.run { store.graveyardDaemon(sources) } == .cannotTell("cannot ask the processes: Permission denied"))
    // One that is known does not make the others known.
    try scratch.write("proc/5/comm", Array("cachefiles-cull\n".utf8))
    try scratch.makeDirectory("proc/5/fd")
    symlink("/dev/cachefiles", "\(scratch.path)/proc/5/fd/3")
    let late = FaultPlan(failing: .readlinkat, ordinal: 4 + ordinal, with: .permissionDenied)
    #expect(late.run { store.graveyardDaemon(sources) } == .cannotTell("cannot ask the processes: Permission denied"))
  }

  @Test("A watch over a sweep finds a cachefilesd that comes up, and remembers it")
  func graveyardWatch() throws {
    try make(cache: true, graveyard: true)
    try scratch.makeDirectory("proc/12/fd")
    try scratch.write("proc/12/comm", Array("cachefilesd\n".utf8))
    let sources = LivenessSources(kernel: KernelRelease(5, 10), processes: scratch.path("proc"))
    try showAllProcesses()
    let watch = GraveyardWatch(try Store(path: scratch.path("c")), sources)
    #expect(!watch.mayHaveDaemon())
    #expect(watch.daemon == .none)
    symlink("/dev/cachefiles", "\(scratch.path)/proc/12/fd/3")
    while !watch.mayHaveDaemon() { usleep(50_000) }
    #expect(watch.daemon == .running(process: 12))
    unlink("\(scratch.path)/proc/12/fd/3")
    #expect(watch.mayHaveDaemon())
  }

  @Test("A kernel before 5.17 marks nothing: there a process with /dev/cachefiles open leaves it unknown")
  func oldKernel() throws {
    try make(cache: true, graveyard: true)
    try scratch.makeDirectory("proc/12/fd")
    try scratch.makeDirectory("proc/345/fd")
    try scratch.makeDirectory("proc/sys/fd")
    symlink("/dev/null", "\(scratch.path)/proc/12/fd/0")
    try showAllProcesses()
    let sources = LivenessSources(kernel: KernelRelease(5, 10), processes: scratch.path("proc"))
    #expect(try probe(nil, sources) == .offline)
    symlink("/dev/cachefiles", "\(scratch.path)/proc/345/fd/3")
    let answer = try probe(nil, sources)
    #expect(answer.isLive == nil)
    #expect(answer.description.contains("process 345"))
    let plan = FaultPlan(failing: .getdents64, ordinal: 3, with: .permissionDenied)
    #expect(try probe(plan, sources).isLive == nil)
    let newer = LivenessSources(kernel: KernelRelease(5, 17), processes: scratch.path("proc"))
    #expect(try probe(nil, newer) == .offline)
  }

  private func make(cache: Bool, graveyard: Bool) throws {
    try scratch.makeDirectory("c/cache")
    try scratch.makeDirectory("c/graveyard")
    if cache { try scratch.write("c/cache/I9p,a,/@00/T1") }
    if graveyard { try scratch.write("c/graveyard/x1x1x/T1") }
  }

  @Test("A cache on disk that no kernel holds is not in use", arguments: [(true, true), (true, false), (false, true)])
  func offline(cache: Bool, graveyard: Bool) throws {
    try make(cache: cache, graveyard: graveyard)
    let before = NaiveWalk.entries("\(scratch.path)/c")
    #expect(try probe() == .offline)
    #expect(NaiveWalk.entries("\(scratch.path)/c") == before)
  }

  @Test("EBUSY means live, ENOTEMPTY and EEXIST mean not in use; anything else is no answer")
  func answers() throws {
    try make(cache: true, graveyard: false)
    for (error, expected) in [
      (Errno.resourceBusy, Liveness.live), (.directoryNotEmpty, .offline), (.fileExists, .offline),
    ] {
      #expect(try probe(FaultPlan(failing: .rmdir, ordinal: 1, with: error)) == expected, "\(error)")
    }
    for error in [Errno.permissionDenied, .notPermitted, .readOnlyFileSystem, .ioError, .noMemory] {
      let answer = try probe(FaultPlan(failing: .rmdir, ordinal: 1, with: error))
      #expect(answer.isLive == nil)
      #expect(answer.description.contains("\(error)"))
    }
  }

  @Test(
    "EPERM and EROFS, which the kernel gives before it looks at its mark, leave the answer to the table of caches",
    arguments: [Errno.notPermitted, .readOnlyFileSystem])
  func answersBeforeTheMark(error: Errno) throws {
    try make(cache: true, graveyard: false)
    let none = LivenessSources(kernel: KernelRelease(6, 12), caches: scratch.path("no such file"))
    #expect(try probe(FaultPlan(failing: .rmdir, ordinal: 0, with: error), none) == .offline)
    #expect(try probe(FaultPlan(failing: .rmdir, ordinal: 0, with: error)).isLive == nil)
    let old = LivenessSources(kernel: KernelRelease(5, 10), caches: scratch.path("no such file"))
    #expect(try probe(FaultPlan(failing: .rmdir, ordinal: 0, with: error), old).isLive == nil)
    // The graveyard is asked where `cache` cannot be.
    try make(cache: true, graveyard: true)
    #expect(try probe(FaultPlan(failing: .rmdir, ordinal: 1, with: error)) == .offline)
  }

  @Test(
    "An immutable `cache` with an empty graveyard can be mended where the kernel holds no cache",
    .enabled(if: isRoot, "needs root"))
  func immutableCache() throws {
    try scratch.makeDamaged([])
    let cache = "\(scratch.path)/cache-root/cache"
    Flags.set(cache, .immutable)
    defer { Flags.clear(cache) }
    let none = LivenessSources(kernel: KernelRelease(6, 12), caches: scratch.path("no such file"))
    let result = try scratch.check("cache-root", .safe) { $0.liveness = none }
    #expect(result.report.refusal == nil)
    #expect(result.findings.contains { $0.id == .o19 && $0.isRepaired })
    #expect(try scratch.check().counts[.o19] == nil)
  }

  @Test(
    "When `cache` gives no answer the graveyard is asked", arguments: [Syscall.openat, .statx, .getdents64, .rmdir])
  func secondQuestion(call: Syscall) throws {
    try make(cache: true, graveyard: true)
    let plan = FaultPlan(failing: call, ordinal: 1, with: .ioError)
    #expect(try probe(plan) == .offline)
    #expect(plan.failed == 1)
    let both = try probe(FaultPlan(failing: call, ordinal: 0, with: .ioError))
    #expect(both.description.contains("'cache'") && both.description.contains("'graveyard'"))
    #expect(both.isLive == nil)
  }

  @Test("Empty directories are never probed: the probe would remove them")
  func emptyDirectories() throws {
    try make(cache: false, graveyard: false)
    let before = NaiveWalk.entries("\(scratch.path)/c")
    let plan = FaultPlan(failing: .rmdir, ordinal: 0, with: .resourceBusy)
    let answer = try probe(plan)
    #expect(plan.watched == 0)
    #expect(answer.isLive == nil)
    #expect(answer.description.contains("'cache' holds no directory with something in it"))
    #expect(answer.description.contains("'graveyard' holds no directory with something in it"))
    #expect(NaiveWalk.entries("\(scratch.path)/c") == before)
  }

  @Test("What a single call could empty is never probed: a file, an empty directory, a link to a full one")
  func nearlyEmpty() throws {
    try make(cache: false, graveyard: false)
    try scratch.write("c/cache/x")
    try scratch.makeDirectory("c/cache/I9p,a,")
    try scratch.makeDirectory("c/graveyard/1")
    try scratch.write("outside/full/file")
    symlink("\(scratch.path)/outside/full", "\(scratch.path)/c/graveyard/link")
    let plan = FaultPlan(failing: .rmdir, ordinal: 0, with: .resourceBusy)
    #expect(try probe(plan).isLive == nil)
    #expect(plan.watched == 0)
    try scratch.makeDirectory("c/cache/I9p,a,/@00")
    #expect(try probe(plan) == .live)
    #expect(plan.watched == 1)
  }

  @Test("Very many entries cannot go in between: that they are empty does not matter, nor are all of them looked into")
  func manyEntries() throws {
    try make(cache: false, graveyard: false)
    for number in 0..<255 { try scratch.makeDirectory("c/cache/I\(number)") }
    #expect(try probe().isLive == nil)
    for number in 255..<1000 { try scratch.makeDirectory("c/cache/I\(number)") }
    let plan = FaultPlan(failing: .openat, ordinal: .max, with: .ioError)
    #expect(try probe(plan) == .offline)
    #expect(plan.watched < 300)
  }

  @Test("A missing graveyard is no obstacle and is not made")
  func missingGraveyard() throws {
    try scratch.makeDirectory("c/cache")
    #expect(try probe().description.contains("'graveyard' does not exist"))
    try scratch.write("c/cache/I9p,a,/@00/T1")
    #expect(try probe() == .offline)
    #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/c/graveyard"))
  }

  @Test("Locks are not looked at: a locked directory is not in use")
  func locks() throws {
    try make(cache: true, graveyard: true)
    let descriptors = ["c", "c/cache", "c/graveyard"].map {
      open("\(scratch.path)/\($0)", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }
    for descriptor in descriptors { #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0) }
    let plan = FaultPlan(failing: .flock, ordinal: 0, with: .wouldBlock)
    #expect(try probe(plan) == .offline)
    #expect(plan.watched == 0)
    for descriptor in descriptors { close(descriptor) }
  }

  @Test(
    "Who has locked a cache is told, where the kernel's list of locks has it",
    arguments: [
      ("flock", "it is locked by flock (pid 812)"),
      ("cachefiles-cull", "another program of this package is at work on it: cachefiles-cull (pid 812)"),
      ("", "another program of this package is at work on it"),
    ])
  func lockHolder(name: String, words: String) throws {
    try make(cache: true, graveyard: true)
    let store = try Store(path: scratch.path("c"))
    let (device, inode) = (store.rootStatus.device, store.rootStatus.inode)
    let place = "\(String(device >> 32, radix: 16)):\(String(device & 0xffff_ffff, radix: 16))"
    var lines = [
      "1: POSIX  ADVISORY  WRITE 5 \(place):\(inode) 0 EOF", "2: -> FLOCK  ADVISORY  WRITE 7 \(place):\(inode) 0 EOF",
    ]
    lines.append("3: FLOCK  ADVISORY  WRITE 6 \(place):\(inode + 1) 0 EOF")
    if !name.isEmpty { lines.append("4: FLOCK  ADVISORY  WRITE 812 \(place):\(inode) 0 EOF") }
    try scratch.write("proc/locks", Array((lines.joined(separator: "\n") + "\n").utf8))
    try scratch.write("proc/812/comm", Array("\(name)\n".utf8))
    let other = try Store(path: scratch.path("c"))
    #expect(try other.root.lock())
    defer { other.root.unlock() }
    let sources = LivenessSources(kernel: KernelRelease(6, 12), processes: scratch.path("proc"))
    do throws(Refusal) {
      _ = try store.hold(sources)
      Issue.record("it was locked")
    } catch {
      #expect(error.description == words && error.isOccupied && !error.isLoss)
    }
  }

  @Test("A probe that removes a directory which was emptied meanwhile puts it back")
  func putsBack() throws {
    try make(cache: true, graveyard: true)
    chmod("\(scratch.path)/c/cache", 0o750)
    // Emptied by another hand: a directory in the moment between the look and the question.
    let emptier = Collector<Bool>()
    let thread = Thread {
      while emptier.all.isEmpty {
        rename("\(scratch.path)/c/cache/I9p,a,", "\(scratch.path)/aside")
        rename("\(scratch.path)/aside", "\(scratch.path)/c/cache/I9p,a,")
      }
    }
    thread.start()
    // Until it has happened, if it happens.
    func inode() -> UInt64? {
      NaiveWalk.entries("\(scratch.path)/c").first { $0.path == Array("cache".utf8) }?.inode
    }
    let first = inode()
    for _ in 0..<3000 {
      let store = try Store(path: scratch.path("c"))
      if let current = inode(), current != first { break }
      #expect(store.probeLiveness().isLive != true)
    }
    emptier.add(true)
    while thread.isExecuting { usleep(1000) }
    let mode = NaiveWalk.entries("\(scratch.path)/c").first { $0.path == Array("cache".utf8) }?.mode
    #expect(mode == S_IFDIR | 0o750)
  }
}
