// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesHost
package import CachefilesStore
import LinuxIO
import Synchronization
import SystemPackage

/// Fills the cache with files on purpose: reads through the mount what is missing, and only that, and looks afterwards what of it the
/// kernel has stored. It runs once.
package final class Prefill: Sendable {
  private let side: CacheSide
  private let options: PrefillOptions
  private let survey: CachedFileSurvey
  private let source: any FileFactSource
  private let filler = Guarded<FileFiller?>(nil)
  private let toRead = Atomic<UInt64>(0)
  private let errors = Atomic<Int>(0)
  private let waiting = Atomic<Int>(0)

  /// Prepares it.
  package init(_ side: CacheSide, _ source: any FileFactSource, _ options: PrefillOptions) {
    self.side = side
    self.source = source
    self.options = options
    let counter = ErrorCounter(options.onFailure)
    failures = counter
    survey = CachedFileSurvey(side, source, threads: options.threads, timeout: options.timeout) { counter.add($0) }
  }

  private let failures: ErrorCounter

  /// How many files have been looked at, how many bytes read, and how many there are to read: for a line of progress.
  package var listedCount: Int { survey.count }
  package var readBytes: UInt64 { filler.withLock { $0?.readBytes } ?? 0 }
  package var totalBytes: UInt64 { toRead.load(ordering: .relaxed) }
  /// How many files the kernel is waited for; nil before all is read.
  package var waitingCount: Int? {
    let count = waiting.load(ordering: .relaxed)
    return count > 0 ? count : nil
  }

  /// Fills the cache with the files of paths.
  ///
  /// - Throws: ``StoreError`` when the kernel's table of cookies cannot be read.
  package func run(_ paths: [[UInt8]], isRecursive: Bool) throws(StoreError) -> PrefillReport {
    let watch = Stopwatch()
    var report = PrefillReport(root: side.path)
    report.isDryRun = options.isDryRun
    try survey.prepare(paths, isRecursive: isRecursive)
    let before = KernelCounts(side)
    let (items, others, pending) = list(paths, isRecursive)
    for file in others {
      report.add(file)
      options.onFile(file)
    }
    var files: [[UInt8]: FilledFile] = [:]
    var round = (items: items, pending: pending)
    for number in 0..<Self.rounds where number == 0 || !round.items.isEmpty {
      let filler = read(round.items, &report)
      let answers = try settle(round.items, filler, pending: round.pending, before)
      for answer in answers { files[answer.file.path] = answer.file.after(files[answer.file.path]) }
      report.stop = filler.stop
      if filler.stop != nil || options.isCancelled() || options.isDryRun || options.settling <= .zero { break }
      round = (answers.compactMap(\.again).sorted(by: FillItem.precedes), [])
    }
    for file in files.values.sorted(by: { $0.path.lexicographicallyPrecedes($1.path) }) {
      report.add(file)
      options.onFile(file)
    }
    report.errors = failures.count
    report.duration = watch.elapsed
    return report
  }

  /// What was being cached for the first time at the beginning, and what the kernel did not store of what was read, is read in a
  /// second round.
  private static let rounds = 2

  /// Reads what is missing of files.
  private func read(_ items: [FillItem], _ report: inout PrefillReport) -> FileFiller {
    var options = options
    options.onFailure = failures.add
    let filler = FileFiller(options, count: items.count, after: readBytes)
    self.filler.withLock { $0 = filler }
    toRead.store(items.reduce(totalBytes) { $0.addingClamped($1.bytes) }, ordering: .relaxed)
    if options.isDryRun { return filler }
    let reading = Stopwatch()
    for mount in Self.mounts(items) where filler.stop == nil { filler.fill(items, mount) }
    report.readingTime += reading.elapsed
    options.afterReading()
    return filler
  }

  /// Runs of neighbours on one mount.
  private static func mounts(_ items: [FillItem]) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var start = 0
    for index in items.indices where index + 1 == items.count || items[index + 1].mountPoint != items[index].mountPoint
    {
      result.append(start..<index + 1)
      start = index + 1
    }
    return result
  }

  /// What is to be read, what is not with the reason, and the paths of files whose objects have no name yet.
  private func list(
    _ paths: [[UInt8]], _ isRecursive: Bool
  ) -> (items: [FillItem], others: [FilledFile], pending: [[UInt8]]) {
    let found = Guarded<(items: [FillItem], others: [FilledFile], pending: [[UInt8]])>(([], [], []))
    let listing = FileListing(survey: survey, threads: options.threads, isEnded: options.isCancelled)
    _ = listing.forEachFile(of: paths, isRecursive: isRecursive) { file in
      let item = FillItem(file)
      found.withLock { found in
        if let item {
          found.items.append(item)
        } else if file.judgement.isUncommitted {
          found.pending.append(file.path)
        } else {
          found.others.append(FilledFile(unread: file))
        }
      }
    }
    var lists = found.withLock { $0 }
    lists.items.sort(by: FillItem.precedes)
    var items: [FillItem] = []
    for item in lists.items where items.last?.path != item.path { items.append(item) }
    return (items, lists.others, lists.pending)
  }

  // MARK: What stuck

  /// What came of a file, whether that may still change, and what is worth another reading.
  private struct Answer: Sendable {
    var file: FilledFile
    var isInUse = false
    var again: FillItem?
  }

  /// Waits until the kernel has stored what was read, and judges the files again.
  private func settle(
    _ items: [FillItem], _ filler: FileFiller, pending: [[UInt8]], _ before: KernelCounts
  ) throws(StoreError) -> [Answer] {
    var open: [(index: Int?, path: [UInt8])] = items.indices.map { ($0, items[$0].path) } + pending.map { (nil, $0) }
    var done: [Answer] = []
    if options.isDryRun {
      for item in items {
        var file = FilledFile(path: item.path, state: .left, reason: "it would be read", fileBytes: item.size)
        (file.missingBytes, file.leftBytes) = (item.bytes, item.bytes)
        done.append(Answer(file: file))
      }
      open.removeFirst(items.count)
    } else if options.settling > .zero {
      for mount in Set(items.map(\.mountPoint)) { synchronize(mount) }
    }
    let watch = Stopwatch()
    while true {
      waiting.store(open.count, ordering: .relaxed)
      let isLast = watch.elapsed >= options.settling || options.isCancelled() || options.isDryRun
      let (cookies, short) = (try side.readCookies(), KernelCounts(side).isShort(since: before))
      let answers = judge(open, items, filler, cookies, short)
      var left: [(index: Int?, path: [UInt8])] = []
      for (entry, answer) in zip(open, answers) {
        // While the kernel has an object in use it may still store something, and marks it as dirty meanwhile.
        if answer.isInUse, answer.file.state != .filled, !isLast {
          left.append(entry)
        } else {
          done.append(answer)
        }
      }
      open = left
      if open.isEmpty { break }
      Pause.microseconds(UInt32(clamping: options.pause.clampedNanoseconds / 1000))
    }
    waiting.store(0, ordering: .relaxed)
    return done
  }

  /// Has the kernel write what it still holds of a mount: from 6.8 on that is when it stores what was read.
  private func synchronize(_ mount: [UInt8]) {
    let timeout = options.timeout
    _ = TimedWork<Bool>().run(timeout: max(timeout, options.settling)) { _ in
      if let file = try? OwnedDescriptor(directory: FilePath(bytes: mount), keepsAccessTime: false) {
        try? file.synchronizeFileSystem()
      }
      return true
    }
  }

  /// Judges files with several threads: each may cost a request to the server.
  private func judge(
    _ entries: [(index: Int?, path: [UInt8])], _ items: [FillItem], _ filler: FileFiller, _ cookies: CookieIndex,
    _ isShort: Bool
  ) -> [Answer] {
    let numbers = PartCounter(0..<entries.count)
    let parts = Workers.run(count: max(1, min(options.threads, entries.count / 16))) { _ in
      var answers: [(number: Int, answer: Answer)] = []
      while let number = numbers.next() {
        let entry = entries[number]
        let item = entry.index.map { items[$0] }
        answers.append((number, self.judge(entry.path, item, entry.index, filler, cookies, isShort)))
      }
      return answers
    }
    return parts.joined().sorted { $0.number < $1.number }.map(\.answer)
  }

  private func judge(
    _ path: [UInt8], _ item: FillItem?, _ index: Int?, _ filler: FileFiller, _ cookies: CookieIndex, _ isShort: Bool
  ) -> Answer {
    var file = FilledFile(path: path, state: .unknown, fileBytes: item?.size ?? 0)
    if let index, let item {
      file.missingBytes = item.bytes
      file.readBytes = filler.readBytes(of: index)
      file.leftBytes = item.bytes
      if filler.hasFailed(index) {
        file.state = .failed
        return Answer(file: file)
      }
      // Of an empty file there is nothing to tell by whether it was opened.
      if file.readBytes < item.bytes || item.bytes == 0, filler.stop != nil || item.bytes > 0 && file.readBytes == 0 {
        file.state = .left
        file.reason = "a limit was reached before it was read"
        return Answer(file: file)
      }
    }
    let found: ObservedFile
    do throws(StoreError) { found = try source.file(path, in: side.mounts) } catch {
      failures.add(error)
      file.state = .failed
      return Answer(file: file)
    }
    let mapping = side.mapping(of: found)
    let judgement = side.judgement(of: mapping, cookies)
    file.fileBytes = found.facts.size
    file.leftBytes = found.facts.size - min(found.facts.size, judgement.cachedBytes)
    file.take(judgement, kernel: options.kernel, isShort: isShort)
    if index == nil, file.state == .filled { file.state = .whole }
    // The last block of a 9P file is never stored where it is not at the first time (K14).
    let isHopeless = file.state == .tail && found.netfs == .ninep
    let isPartial = judgement.state == .partial || judgement.state == .empty || index == nil
    let again =
      isPartial && !isHopeless && !judgement.isInUse ? JudgedFile(mapping: mapping, judgement: judgement) : nil
    return Answer(file: file, isInUse: judgement.isInUse, again: again.flatMap { FillItem($0) })
  }
}
