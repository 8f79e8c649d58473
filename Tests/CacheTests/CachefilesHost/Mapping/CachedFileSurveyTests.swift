// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import CachefilesSurvey
import Foundation
import LinuxIO
import SystemPackage
import TestSupport
import Testing

/// Files that really exist, on a directory that a made table of mounts calls a network file system: keys, objects and
/// answers, through the running system.
@Suite("Files on a mount and their copies")
struct CachedFileSurveyTests {
  let scratch = ScratchDirectory()
  private let volume = "9p,p9src,hosttag"

  /// A tree `mnt`, a cache without objects, and a `/proc` whose table has `mnt` as a mount.
  private func prepare(_ type: String = "9p", _ options: String = "rw,cache=fscache,cachetag=hosttag") throws {
    try scratch.makeCache(objects: 0)
    for name in ["mnt/a", "mnt/d/b", "mnt/d/e/c"] { try scratch.write(name, [UInt8](repeating: 1, count: 6000)) }
    let lines =
      "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n36 22 0:52 / \(scratch.path)/mnt rw - \(type) p9src \(options)\n"
    try scratch.write("proc/self/mountinfo", Array(lines.utf8))
  }

  private func status(_ name: String) throws -> MountedStatus {
    try MountedFile(path: scratch.path(name)).status()
  }

  /// The path of the object of a file on 9P.
  private func object(_ name: String) throws -> String {
    var key: [UInt8] = []
    withUnsafeBytes(of: (try status(name).inode - 2).littleEndian) { key += Array($0) }
    let hash = KeyHash(cookieKey: key.span, in: KeyHash(volumeKey: Array(volume.utf8).span))
    let file = String(decoding: try ObjectName.name(of: key), as: UTF8.self)
    return "cache-root/cache/I\(volume)/\(hash.fanout)/\(file)"
  }

  @discardableResult
  private func makeObject(_ name: String, size: UInt64 = 6000, data: Int) throws -> String {
    let path = try object(name)
    try scratch.write(path, [UInt8](repeating: 7, count: data))
    truncate("\(scratch.path)/\(path)", 8192)
    setAttribute("\(scratch.path)/\(path)", ObjectRecord(objectSize: size, coherency: [1, 2, 3, 4]).bytes)
    return path
  }

  private func side() throws -> CacheSide {
    try CacheSide(try Store(path: scratch.path("cache-root")), KernelView(directory: scratch.path("proc")))
  }

  private func survey(
    _ source: any FileFactSource = SystemFacts(), timeout: Duration = .seconds(10),
    failures: Collector<StoreError> = Collector()
  ) throws -> CachedFileSurvey {
    CachedFileSurvey(try side(), source, threads: 4, timeout: timeout) { failures.add($0) }
  }

  private func path(_ name: String) -> [UInt8] { scratch.path(name).bytes }

  @Test("Whole, part, nothing and no object, by the way of the system")
  func states() throws {
    try prepare()
    try makeObject("mnt/a", data: 8192)
    try makeObject("mnt/d/b", data: 4096)
    let survey = try survey()
    let whole = try #require(survey.look(at: path("mnt/a"), isRecursive: false) { _ in }.file)
    #expect(whole.judgement.state == .cached)
    #expect(whole.judgement.cachedBytes == 6000)
    let part = try #require(survey.look(at: path("mnt/d/b"), isRecursive: false) { _ in }.file)
    #expect(part.judgement.state == .partial)
    #expect(part.judgement.cachedBytes == 4096)
    let none = try #require(survey.look(at: path("mnt/d/e/c"), isRecursive: false) { _ in }.file)
    #expect(none.judgement.state == .absent)
    #expect(none.mapping.main?.exists == false)
    let expected = try object("mnt/d/e/c").dropFirst("cache-root/".count)
    #expect(none.mapping.main.map { Array($0.components.joined(separator: [0x2f])) } == Array(expected.utf8))
    // The file on the server grew.
    try scratch.write("mnt/a", [UInt8](repeating: 1, count: 6001))
    #expect(survey.look(at: path("mnt/a"), isRecursive: false) { _ in }.file?.judgement.state == .stale)
  }

  @Test("A tree: totals by directory; links are not followed, other mounts not entered")
  func tree() throws {
    try prepare()
    try makeObject("mnt/a", data: 8192)
    try FileManager.default.createSymbolicLink(
      atPath: "\(scratch.path)/mnt/link", withDestinationPath: "\(scratch.path)/cache-root")
    let mount = Mount.isPossible ? try Mount(["-t", "tmpfs", "tmpfs", "\(scratch.path)/mnt/d/e"]) : nil
    let seen = Collector<[UInt8]>()
    let answer = try survey().look(at: path("mnt"), isRecursive: true) { seen.add($0.path) }
    mount?.unmount()
    let expected = ["mnt/a", "mnt/d/b"] + (Mount.isPossible ? [] : ["mnt/d/e/c"])
    #expect(Set(seen.all) == Set(expected.map { path($0) }))
    #expect(answer.directories[path("mnt")]?.count(.cached) == 1)
    #expect(answer.directories[path("mnt")]?.cachedBytes == 6000)
    #expect(answer.directories[path("mnt/d")]?.count(.absent) == 1)
    let flat = Collector<[UInt8]>()
    _ = try survey().look(at: path("mnt"), isRecursive: false) { flat.add($0.path) }
    #expect(flat.all == [path("mnt/a")])
  }

  /// A kernel that gets a cookie for a file when somebody asks for its status, with the version of the server.
  private struct LearningSource: FileFactSource {
    let learn: @Sendable () -> Void
    func file(_ path: [UInt8], in mounts: MountTable) throws(StoreError) -> ObservedFile {
      let file = try SystemFacts().file(path, in: mounts)
      if file.facts.fileType != FileFacts.directory { learn() }
      return file
    }
    func forEachFile(
      below path: [UInt8], in mounts: MountTable, _ walk: TreeWalk,
      _ body: @escaping @Sendable (Int, ObservedFile) -> Void
    ) {
      SystemFacts().forEachFile(below: path, in: mounts, walk) { number, file in
        learn()
        body(number, file)
      }
    }
    func path(of handle: FileFacts.Handle, on directory: [UInt8]) -> [UInt8]? { nil }
  }

  @Test("The kernel is asked for a file before its cookies are read, alone or in a tree", arguments: [true, false])
  func acquainted(isTree: Bool) throws {
    try prepare()
    try makeObject("mnt/a", data: 8192)
    let key = try status("mnt/a").inode - 2
    let heading =
      "VOLUME   REF   nCOOK ACC FL CACHE           KEY\n======== ===== ===== === == =============== ========\n"
    try scratch.write(
      "proc/fs/fscache/volumes",
      Array("\(heading)00000001     2     1   1 00 lab             \(volume)\n".utf8))
    let cookies = scratch.path("proc/fs/fscache/cookies").string
    func bytes(_ number: UInt64) -> String {
      (0..<8).map { String(number >> ($0 * 8) & 0xff | 0x100, radix: 16).dropFirst() }.joined()
    }
    let line = "00000001 00000001   1   0   0 - 4000 \(bytes(key)), 01020305\n"
    let source = LearningSource(learn: {
      try? ("COOKIE   VOLUME   REF ACT ACC S FL DEF\n======== ======== === === === = == ================\n" + line)
        .write(toFile: cookies, atomically: true, encoding: .ascii)
    })
    let survey = try survey(source)
    let asked = path(isTree ? "mnt" : "mnt/a")
    try survey.prepare([asked], isRecursive: isTree)
    let seen = Collector<JudgedFile>()
    let answer = survey.look(at: asked, isRecursive: isTree) { seen.add($0) }
    let file = try #require(answer.file ?? seen.all.first { $0.path == path("mnt/a") })
    #expect(file.judgement.state == .stale)
    #expect(file.judgement.reason?.hasPrefix("the version of the server's qid that the kernel has") == true)
  }

  @Test("Neither objects nor files get another access time")
  func untouched() throws {
    try prepare()
    let object = try makeObject("mnt/a", data: 8192)
    for name in [object, "mnt/a"] {
      _ = try Command.run("/usr/bin/touch", ["-a", "-d", "@1000000000", "\(scratch.path)/\(name)"])
    }
    _ = try survey().look(at: path("mnt"), isRecursive: true) { _ in }
    for name in [object, "mnt/a"] {
      #expect(try FileStatus.of(scratch.path(name)).access == 1_000_000_000_000_000_000)
    }
  }

  @Test("A mount without caching, and a file that is on none")
  func uncached() throws {
    try prepare("9p", "rw,cache=loose")
    let failures = Collector<StoreError>()
    let survey = try survey(failures: failures)
    let file = try #require(survey.look(at: path("mnt/a"), isRecursive: false) { _ in }.file)
    #expect(file.judgement.state == .absent)
    #expect(file.judgement.reason?.contains("without cache=fscache") == true)
    try scratch.write("local", [1])
    let local = try #require(survey.look(at: path("local"), isRecursive: false) { _ in }.file)
    #expect(local.judgement.state == .unknown)
    #expect(local.judgement.reason?.contains("not on a network file system") == true)
    #expect(failures.all.map(\.error) == [.notSupported])
    #expect(survey.look(at: path("cache-root"), isRecursive: true) { _ in }.directories.isEmpty)
    #expect(failures.all.map(\.error) == [.notSupported, .notSupported])
  }

  @Test("A handle that NFS did not make is refused; one that cannot be had is told with the reason")
  func handles() throws {
    try prepare("nfs4", "rw,vers=4.2,fsc,addr=127.0.0.1")
    let survey = try survey()
    let file = try #require(survey.look(at: path("mnt/a"), isRecursive: false) { _ in }.file)
    #expect(file.judgement.state == .unknown)
    #expect(file.judgement.reason?.isEmpty == false)
    #if FAULTS
      for (error, words) in [
        (Errno.overflow, "more than 114"), (.notSupportedOnSocket, "has none"), (.ioError, "error"),
      ] {
        let plan = FaultPlan(failing: .nameToHandleAt, ordinal: 0, with: error)
        let failed = plan.run { survey.look(at: path("mnt/a"), isRecursive: false) { _ in }.file }
        #expect(failed?.judgement.state == .unknown)
        #expect(failed?.judgement.reason?.contains(words) == true, "\(failed?.judgement.reason ?? "")")
      }
    #endif
  }

  @Test("AFS without its attributes is unknown, with the reason")
  func afs() throws {
    try prepare("afs", "rw")
    let file = try #require(try survey().look(at: path("mnt/a"), isRecursive: false) { _ in }.file)
    #expect(file.judgement.state == .unknown)
    #expect(file.judgement.reason?.contains("afs.fid") == true)
  }

  #if FAULTS
    @Test("Each call that fails is a failure or a reason, and never a wrong answer", arguments: Syscall.allCases)
    func faults(name: Syscall) throws {
      try prepare()
      try makeObject("mnt/a", data: 8192)
      let failures = Collector<StoreError>()
      let survey = try survey(failures: failures)
      let plan = FaultPlan(failing: name, ordinal: 0, with: .ioError)
      let file = plan.run { survey.look(at: path("mnt/a"), isRecursive: false) { _ in }.file }
      guard plan.failed > 0 else {
        #expect(file?.judgement.state == .cached)
        return
      }
      #expect(file == nil || file?.judgement.state == .unknown, "\(name): \(String(describing: file?.judgement))")
      #expect(file != nil || failures.all.count == 1)
      #expect(file == nil || file?.judgement.reason != nil)
    }
  #endif

  @Test("A server that does not answer costs its time once; the rest goes on")
  func silence() throws {
    try prepare()
    try makeObject("mnt/a", data: 8192)
    let failures = Collector<StoreError>()
    let facts = SilentFacts(dead: path("mnt/d"))
    let survey = try survey(facts, timeout: .milliseconds(200), failures: failures)
    let start = ContinuousClock.now
    #expect(survey.look(at: path("mnt/d/b"), isRecursive: false) { _ in }.isGivenUp)
    #expect(ContinuousClock.now - start >= .milliseconds(200))
    #expect(survey.look(at: path("mnt/d/e/c"), isRecursive: false) { _ in }.isGivenUp)
    // The server is not asked a second time.
    #expect(facts.asked.all == [path("mnt/d/b")])
    #expect(failures.all.map(\.path) == [path("mnt")])
  }

  @Test("A tree that stops answering half way keeps what was seen")
  func silentTree() throws {
    try prepare()
    let failures = Collector<StoreError>()
    let survey = try survey(SilentFacts(dead: path("mnt/d")), timeout: .milliseconds(200), failures: failures)
    let answer = survey.look(at: path("mnt"), isRecursive: true) { _ in }
    #expect(answer.isGivenUp)
    #expect(answer.directories[path("mnt")]?.files == 1)
    #expect(failures.all.count == 1)
  }

  @Test("A search finds the files of objects, each once, and no others")
  func search() throws {
    try prepare()
    func target(_ name: String, _ volume: String) throws -> KeySearch.Target {
      let object = try object(name).split(separator: "/").last.map { Array($0.utf8) }
      return KeySearch.Target(volume: Array(volume.utf8), type: .ninep, name: try #require(object), key: nil)
    }
    let view = KernelView(directory: scratch.path("proc"))
    let targets = [
      try target("mnt/d/b", volume), try target("mnt/d/e/c", volume), try target("mnt/a", "9p,other,hosttag"),
    ]
    let search = KeySearch(for: targets, SystemFacts(), view)
    #expect(search.run(path("mnt"), threads: 4, timeout: .seconds(10)) { _ in })
    #expect(search.paths == [0: path("mnt/d/b"), 1: path("mnt/d/e/c")])
    // All are found: the walk ends.
    let short = KeySearch(for: [targets[0]], SystemFacts(), view)
    #expect(short.run(path("mnt/d"), threads: 1, timeout: .seconds(10)) { _ in })
    #expect(short.paths == [0: path("mnt/d/b")])
  }

  @Test("the objects of a tree are named by its paths: a file with two names once, files without an object never")
  func byPath() throws {
    try prepare()
    try makeObject("mnt/a", data: 4096)
    try makeObject("mnt/d/e/c", data: 8192)
    #expect(link("\(scratch.path)/mnt/a", "\(scratch.path)/mnt/d/second") == 0)
    let failures = Collector<StoreError>()
    let survey = PathSurvey(try side(), SystemFacts())
    #expect(survey.run(path("mnt"), threads: 4, timeout: .seconds(10)) { failures.add($0) })
    #expect(failures.all == [])
    let usage = survey.usage
    let names = usage.inOrder.map {
      [String(decoding: $0.path.dropFirst(scratch.path.utf8.count + 1), as: UTF8.self)]
        + $0.items.map { String(decoding: $0.name, as: UTF8.self) }
    }
    #expect(names == [["mnt", "a"], ["mnt/d", "second"], ["mnt/d/e", "c"]])
    #expect(usage.directories.values.joined().filter(\.isSeen).count == 1)
    #expect(usage.volumes.mapValues(\.objects) == [Array(volume.utf8): 2])
    let groups = usage.groups(below: [path("mnt")], levels: 1)
    #expect(groups.reduce(0) { $0 + $1.tally.objects } == 2)
    #expect(Set(groups.map(\.path)).isSubset(of: [path("mnt"), path("mnt/d")]))
  }

  @Test("a walk that names objects is given up when a server says nothing, and says so")
  func byPathGivenUp() throws {
    try prepare()
    try scratch.write("facts", Array("file \(scratch.path)/mnt/a\nhangs \(scratch.path)/mnt\n".utf8))
    let failures = Collector<StoreError>()
    let survey = PathSurvey(try side(), try RecordedFacts(scratch.path("facts")))
    #expect(!survey.run(path("mnt"), threads: 1, timeout: .milliseconds(200)) { failures.add($0) })
    #expect(failures.all.map(\.error) == [.timedOut])
    #expect(survey.usage.directories.isEmpty)
  }
}

/// The running system, but for one directory, below which nothing answers.
private struct SilentFacts: FileFactSource {
  let dead: [UInt8]
  /// The single files that were asked for.
  let asked = Collector<[UInt8]>()
  private let system = SystemFacts()

  init(dead: [UInt8]) { self.dead = dead }

  private func wait(_ path: [UInt8]) { while path.starts(with: dead) { Pause.microseconds(100_000) } }

  func file(_ path: [UInt8], in mounts: MountTable) throws(StoreError) -> ObservedFile {
    asked.add(path)
    wait(path)
    return try system.file(path, in: mounts)
  }

  func forEachFile(
    below path: [UInt8], in mounts: MountTable, _ walk: TreeWalk,
    _ body: @escaping @Sendable (Int, ObservedFile) -> Void
  ) {
    system.forEachFile(below: path, in: mounts, walk) { number, file in
      // The files at the top are answered first.
      if file.path.starts(with: dead) { Pause.microseconds(20_000) }
      wait(file.path)
      body(number, file)
    }
  }

  func path(of handle: FileFacts.Handle, on directory: [UInt8]) -> [UInt8]? { nil }
}
