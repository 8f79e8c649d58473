// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// What is seen of the root directory and of the file system below it, before the scan.
///
/// The kernel's side of it is `cachefiles_add_cache` (fs/cachefiles/cache.c), which refuses or makes these things at bind.
struct RootObservation: Sendable {
  /// The root directory itself.
  var root = FileStatus()
  /// The two directories that the kernel looks up at bind; nil when absent.
  var cache: FileStatus?
  var graveyard: FileStatus?
  /// The cache attribute of `cache`: the layout before 5.17 had one.
  var cacheAttribute: [UInt8]?
  var fileSystem: FileSystemStatus?
  var pageSize: UInt64 = 4096
  /// What an unnamed file in the cache's file system could not do.
  var trial = FileSystemTrial.notTried
  /// Why the trial could not be made, or the kernel's table of caches not be read.
  var failures: [StoreError] = []
  /// Whether a kernel holds the cache.
  var liveness: Liveness = .unknown("not asked")
  /// The states of the running caches, from `/proc/fs/fscache/caches`.
  var cacheStates: [UInt8] = []

  /// What could not be looked at: problems that may be there all the same, and what they are about, in words that go on from "not visible".
  var unseen: [(id: ProblemID, words: String)] {
    var found: [(id: ProblemID, words: String)] = []
    // A mount that is read-only is a problem itself; a file system that is full, or lets only others write, is none.
    if liveness != .live, trial == .notTried, fileSystem?.isReadOnly != true {
      found.append((.r05, "whether the file system can do what a cache needs"))
      found.append((.o26, "whether it keeps holes"))
    }
    if liveness == .live, cacheStates.count != 1 {
      found.append((.l02, "whether the kernel has withdrawn the cache"))
    }
    return found
  }

  /// Looks at an open root directory. A live cache is not tried: that it is live proves that it can be.
  static func observe(
    _ store: borrowing Store, liveness: Liveness, caches: FilePath = "/proc/fs/fscache/caches"
  ) throws(StoreError) -> RootObservation {
    var seen = RootObservation()
    seen.liveness = liveness
    seen.root = store.rootStatus
    seen.cache = try status(of: Store.cacheName, in: store)
    seen.graveyard = try status(of: Store.graveyardName, in: store)
    seen.pageSize = FileSystemStatus.pageSize
    do throws(Errno) {
      seen.fileSystem = try store.root.fileSystem()
      if seen.cache?.kind == .directory { seen.cacheAttribute = try attribute(of: Store.cacheName, in: store) }
    } catch {
      throw StoreError(path: store.path, operation: "look at", error: error)
    }
    if liveness.isLive == false { seen.tryFile(in: store) }
    do throws(Errno) { seen.cacheStates = states(try SmallFile.read(caches)) } catch {
      // Where there is no table, as in a container, it is among what is not seen.
      if liveness == .live, error != .noSuchFileOrDirectory {
        seen.failures.append(StoreError(path: caches.bytes, operation: "read", error: error))
      }
    }
    return seen
  }

  /// Whether a time of change, which only the kernel sets, lies more than a day ahead of a clock.
  func isAhead(of now: Timestamp) -> Bool {
    let latest = [root, cache, graveyard].compactMap { $0?.change }.max() ?? .distantPast
    return latest - now > .seconds(86_400)
  }

  /// The cache attribute of a directory; nil also where the file system has no attributes, which is judged apart.
  private static func attribute(of name: EntryName, in store: borrowing Store) throws(Errno) -> [UInt8]? {
    do throws(Errno) {
      return try store.root.open(name, .directory).attribute(CacheAttribute.name)
    } catch {
      guard error == .notSupported || error == .notSupportedOnSocket else { throw error }
      return nil
    }
  }

  private static func status(of name: EntryName, in store: borrowing Store) throws(StoreError) -> FileStatus? {
    do throws(Errno) {
      return try store.root.status(of: name)
    } catch {
      if error == .noSuchFileOrDirectory { return nil }
      throw StoreError(path: store.path.appending(component: name.bytes), operation: "look at", error: error)
    }
  }

  /// Tries what the kernel does with every new object.
  private mutating func tryFile(in store: borrowing Store) {
    let result = FileSystemTrial.run(in: store.root)
    trial = result.trial
    if let (step, error) = result.failure {
      failures.append(StoreError(path: store.path, operation: step, error: error))
    }
  }

  /// The `S` column of the table of caches: one letter a cache.
  static func states(_ table: [UInt8]) -> [UInt8] {
    table.split(separator: UInt8(ascii: "\n")).dropFirst(2).compactMap { line in
      let words = line.split(separator: UInt8(ascii: " "))
      return words.count >= 6 && words[5].count == 1 ? words[5].first : nil
    }
  }

  /// What is wrong with the root. Pure.
  func judge(hasLegacyTree: Bool, _ context: CheckContext) -> [(
    path: [[UInt8]], status: FileStatus, judgement: Judgement
  )] {
    var found: [(path: [[UInt8]], status: FileStatus, judgement: Judgement)] = []
    func report(_ path: [[UInt8]], _ status: FileStatus?, _ id: ProblemID, _ message: String) {
      found.append((path, status ?? FileStatus(), Judgement(id, message)))
    }
    let (cacheName, graveyardName) = (Store.cacheName.bytes, Store.graveyardName.bytes)
    for (name, status, id) in [(cacheName, cache, ProblemID.r02), (graveyardName, graveyard, .r03)] {
      guard let status else {
        report([name], nil, .r04, "it does not exist")
        continue
      }
      guard status.kind == .directory else {
        report([name], status, id, "it is \(status.kind.words)")
        continue
      }
      if name == cacheName, let words = status.protectingFlag {
        report([name], status, .o19, "the directory is \(words)")
      }
      if status.owner != 0 || status.permissions & 0o077 != 0 {
        report(
          [name], status, .r10,
          "its owner is \(status.owner) and its mode 0\(String(status.permissions, radix: 8)), not 0 and 0700")
      }
    }
    if let value = cacheAttribute, value == Array("C3".utf8), !hasLegacyTree, !context.usesLegacyLayout {
      report([cacheName], cache, .r11, "the attribute is C3")
    }
    if let words = root.protectingFlag { report([], root, .o19, "the directory is \(words)") }
    for (id, message) in judgeFileSystem() { report([], nil, id, message) }
    // All that can be tried works there, and a copy may well lie there: only the kernel's `bind` refuses.
    if !found.contains(where: { $0.judgement.id == .r05 }), liveness != .live,
      let reason = fileSystem?.refusal(by: context.kernel)
    {
      found.append(
        (
          [], root,
          Judgement(
            .r05, "\(fileSystem?.typeName ?? "") is \(reason)", severity: context.isCacheOfThisMachine ? nil : .note)
        ))
    }
    if liveness == .live {
      report([], nil, .l01, "a kernel holds the directory")
      if cacheStates == [UInt8(ascii: "E")] { report([], nil, .l02, "its state is E in /proc/fs/fscache/caches") }
    }
    return found
  }

  private func judgeFileSystem() -> [(ProblemID, String)] {
    guard let fileSystem else { return [] }
    var found: [(ProblemID, String)] = []
    for reason in trial.reasonsAgainst(fileSystem, pageSize: pageSize) { found.append((.r05, reason)) }
    if trial == .holesAreData {
      found.append((.o26, "\(fileSystem.typeName) says that a hole of 1 MiB is data"))
    }
    // `nodiratime` is about directories, and objects are files.
    if fileSystem.hasNoAccessTimes { found.append((.r08, "it is mounted with noatime")) }
    return found
  }
}
