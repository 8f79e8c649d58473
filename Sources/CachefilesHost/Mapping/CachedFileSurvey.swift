// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
import LinuxIO
import Synchronization
import SystemPackage

/// Asks of files, one after another or whole trees, how much of them is in the cache. A server that does not answer
/// costs the time that was allowed, once; the rest goes on.
package final class CachedFileSurvey: Sendable {
  /// What became of one path.
  package struct Answer: Sendable {
    /// The file; nil for a directory, or when it could not be looked at.
    package var file: JudgedFile?
    /// What the files in each directory add up to, by its path; empty for a file.
    package var directories: [[UInt8]: CachedFileTotals] = [:]
    /// Whether the path was given up because its server did not answer.
    package var isGivenUp = false

    /// Of a path that was not looked at.
    package static let nothing = Answer()
  }

  private let side: CacheSide
  private let source: any FileFactSource
  private let threads: Int
  private let timeout: Duration
  private let isEnded: @Sendable () -> Bool
  private let failed: @Sendable (StoreError) -> Void
  private let silentMounts = Guarded<[[UInt8]]>([])
  private let hasNoThread = Atomic<Bool>(false)
  private let moved = Atomic<Int>(0)
  private let cookies = Guarded(CookieIndex())

  /// Prepares a survey.
  ///
  /// - Parameters:
  ///   - side: the cache.
  ///   - source: where the facts of files come from.
  ///   - threads: how many walk over a tree.
  ///   - timeout: the time without any progress after which a path is given up.
  ///   - isEnded: asked before each file; true ends it there.
  ///   - failed: told of each file that could not be looked at, from any thread.
  package init(
    _ side: CacheSide, _ source: any FileFactSource, threads: Int, timeout: Duration,
    isEnded: @escaping @Sendable () -> Bool = { Interruption.signal != nil },
    failed: @escaping @Sendable (StoreError) -> Void
  ) {
    self.side = side
    self.source = source
    self.threads = threads
    self.timeout = timeout
    self.isEnded = isEnded
    self.failed = failed
  }

  /// How many files and directories have been looked at.
  package var count: Int { moved.load(ordering: .relaxed) }

  /// Reads the kernel's table of cookies, once for all paths.
  ///
  /// The records of some network file systems hold a version that the status of a file does not tell; the kernel's
  /// cookie does, but a file that is not in memory has none. So the files of such mounts are first asked for their
  /// status, as a long listing would: then the table has what the server said just now.
  ///
  /// - Parameters:
  ///   - paths: what is going to be looked at.
  ///   - isRecursive: whether with all directories below.
  /// - Throws: ``StoreError`` when the table exists and cannot be read.
  package func prepare(_ paths: [[UInt8]], isRecursive: Bool) throws(StoreError) {
    for path in paths where !isEnded() { acquaint(path, isRecursive) }
    let table = try side.readCookies()
    cookies.withLock { $0 = table }
  }

  /// Makes the kernel know the files of a path, where that tells more of them. What fails here is told later.
  private func acquaint(_ path: [UInt8], _ isRecursive: Bool) {
    if isSilent(path) { return }
    let work = TimedWork<Bool>()
    let answer = work.run(timeout: timeout) { [self] work in
      guard let file = try? source.file(path, in: side.mounts), file.netfs?.comparesVersion == true,
        file.facts.fileType == FileFacts.directory
      else { return true }
      var walk = TreeWalk(
        threads: threads, isRecursive: isRecursive, isEnded: { [self] in work.isAbandoned || isEnded() },
        step: { work.step() }, failed: { _ in })
      walk.asksStatusOnly = true
      source.forEachFile(below: path, in: side.mounts, walk) { _, _ in }
      return true
    }
    if answer == nil { giveUp(path, work) }
  }

  /// Looks at one path. ``prepare(_:isRecursive:)`` comes before it.
  ///
  /// - Parameters:
  ///   - path: a file, or a directory whose files are looked at.
  ///   - isRecursive: whether also those of all directories below it are.
  ///   - each: gets each file of a directory, from any thread.
  package func look(
    at path: [UInt8], isRecursive: Bool, _ each: @escaping @Sendable (JudgedFile) -> Void
  ) -> Answer {
    if isSilent(path) {
      return Answer(isGivenUp: true)
    }
    let tally = DirectoryTotals(threads: threads)
    let cookies = cookies.withLock { $0 }
    let single = Guarded<JudgedFile?>(nil)
    let isDone = visit(path, isRecursive) { [self] number, file, isAbandoned in
      let judged = judge(file, cookies)
      if isAbandoned() { return }
      guard let number else { return single.withLock { $0 = judged } }
      tally.add(judged, from: number)
      each(judged)
    }
    return Answer(file: single.withLock { $0 }, directories: tally.sums, isGivenUp: !isDone)
  }

  /// Where the objects of a file are, or those of all files below a directory on the same mount, without judging them. False when
  /// the path was given up because its server did not answer.
  ///
  /// - Parameter each: gets each file, from any thread.
  package func places(of path: [UInt8], _ each: @escaping @Sendable (FileMapping) -> Void) -> Bool {
    if isSilent(path) { return false }
    return visit(path, true) { [self] _, file, isAbandoned in
      let mapping = side.mapping(of: file)
      if !isAbandoned() { each(mapping) }
    }
  }

  /// Whether a path leads to a directory; nil when it could not be looked at, which is told.
  package func isDirectory(_ path: [UInt8]) -> Bool? {
    locate(path).map { $0.file.facts.fileType == FileFacts.directory }
  }

  /// Calls a closure for a file, or with the number of a thread for each file below a directory. False when it was given up.
  private func visit(
    _ path: [UInt8], _ isRecursive: Bool,
    _ body: @escaping @Sendable (Int?, ObservedFile, () -> Bool) -> Void
  ) -> Bool {
    let work = TimedWork<Bool>()
    let answer = work.run(timeout: timeout) { [self] work in
      do throws(StoreError) {
        let file = try source.file(path, in: side.mounts)
        step(work)
        if file.facts.fileType != FileFacts.directory {
          body(nil, file, { work.isAbandoned })
        }
        if file.netfs == nil {
          failed(
            StoreError(
              path: path, operation: "look for a copy of it", error: .notSupported,
              note: "it is not on a network file system that can be cached"))
          return true
        }
        if file.facts.fileType != FileFacts.directory { return true }
      } catch {
        if !work.isAbandoned { failed(error) }
        return true
      }
      let walk = TreeWalk(
        threads: threads, isRecursive: isRecursive, isEnded: { [self] in work.isAbandoned || isEnded() },
        step: { [self] in step(work) }, failed: { [self] in if !work.isAbandoned { failed($0) } })
      source.forEachFile(below: path, in: side.mounts, walk) { body($0, $1, { work.isAbandoned }) }
      return true
    }
    if answer == nil { giveUp(path, work) }
    return answer != nil
  }

  /// Where the object of one file is, without judging it; nil when it could not be looked at.
  package func locate(_ path: [UInt8]) -> FileMapping? {
    if isSilent(path) { return nil }
    let work = TimedWork<Result<FileMapping, StoreError>>()
    let answer = work.run(timeout: timeout) { [self] _ in
      do throws(StoreError) { return .success(side.mapping(of: try source.file(path, in: side.mounts))) } catch {
        return .failure(error)
      }
    }
    switch answer {
    case .success(let mapping): return mapping
    case .failure(let error): failed(error)
    case nil: giveUp(path, work)
    }
    return nil
  }

  private func judge(_ file: ObservedFile, _ cookies: CookieIndex) -> JudgedFile {
    let mapping = side.mapping(of: file)
    return JudgedFile(mapping: mapping, judgement: side.judgement(of: mapping, cookies))
  }

  private func step(_ work: TimedWork<Bool>) {
    work.step()
    moved.add(1, ordering: .relaxed)
  }

  private func giveUp<R>(_ path: [UInt8], _ work: TimedWork<R>) {
    let mount = mount(of: path)
    if let mount { silentMounts.withLock { $0.append(mount) } }
    // What nobody can be asked with is everybody's error.
    if work.failure != .timedOut { hasNoThread.store(true, ordering: .relaxed) }
    failed(.givenUp(work, on: mount ?? path, after: timeout, rest: "files on it are left out"))
  }

  /// Whether nothing is asked of a path any more: its server did not answer, or there is no thread to ask with.
  private func isSilent(_ path: [UInt8]) -> Bool {
    if hasNoThread.load(ordering: .relaxed) { return true }
    return mount(of: path).map { mount in silentMounts.withLock { $0.contains(mount) } } ?? false
  }

  /// The mount point of a path, told by its text alone: nothing is looked up, for it may not answer.
  private func mount(of path: [UInt8]) -> [UInt8]? { Self.mountPoint(of: path, in: side.mounts) }

  static func mountPoint(of path: [UInt8], in mounts: MountTable) -> [UInt8]? {
    var parts: [[UInt8]] = []
    let slash = UInt8(ascii: "/")
    guard let directory = path.first == slash ? [] : CurrentProcess.workingDirectory else { return nil }
    let whole = path.first == slash ? path : directory.appending(component: path)
    for part in whole.split(separator: slash) where part != [UInt8(ascii: ".")] {
      if part == [UInt8(ascii: "."), UInt8(ascii: ".")] {
        // Where it leads depends on links.
        return nil
      }
      parts.append(Array(part))
    }
    let absolute = [slash] + parts.joined(separator: [slash])
    guard let entry = mounts.entry(holding: absolute), entry.netfs != nil else { return nil }
    return entry.mountPoint
  }
}
