// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesHost
package import CachefilesStore
import LinuxIO
import Synchronization
import SystemPackage

/// Compares what the cache has of mounted files with what their server has. It runs once.
package final class Verify: Sendable {
  private let context: VerifyContext
  private let survey: CachedFileSurvey
  private let journal: VerifyJournal?
  private let collection = Guarded(VerifyCollection(0))
  private let listedBytes = Atomic<UInt64>(0)
  /// Whether it ended before all paths were looked at.
  private let isListCut = Atomic<Bool>(false)

  /// Prepares a verification.
  package init(
    _ side: CacheSide, _ source: any FileFactSource, _ options: VerifyOptions, journal: VerifyJournal? = nil
  ) {
    let context = VerifyContext(side, source, options)
    self.context = context
    self.journal = journal
    survey = CachedFileSurvey(
      side, source, threads: options.threads, timeout: options.timeout, isEnded: { context.isEnded }
    ) { context.fail($0) }
  }

  /// How many files have been looked for.
  package var listedCount: Int { survey.count }
  /// How many bytes have been compared, and how many there are: for a line of progress.
  package var comparedBytes: UInt64 { context.comparedBytes }
  package var totalBytes: UInt64 { listedBytes.load(ordering: .relaxed) }

  /// Compares the files of paths.
  ///
  /// - Parameters:
  ///   - isRecursive: whether directories are gone through.
  ///   - discard: gives the right to remove what is wrong; nil when it is to stay.
  /// - Throws: ``StoreError`` when the kernel's table of cookies cannot be read, or the journal not written.
  package func run(
    _ paths: [[UInt8]], isRecursive: Bool, discard: (() throws(Refusal) -> any RemovalRight)? = nil
  ) throws(StoreError) -> VerifyReport {
    let options = context.options
    try survey.prepare(paths, isRecursive: isRecursive)
    let list = list(paths, isRecursive)
    let resumed = skipDone(list)
    for mount in list.mounts where !context.isEnded { compare(list, mount) }
    var report = VerifyReport(root: context.side.path, sample: options.sample)
    let collected = collection.withLock { $0 }
    var wrong = collected.wrong.sorted { $0.file.path.lexicographicallyPrecedes($1.file.path) }
    report.isInterrupted = options.isCancelled()
    if let discard, !wrong.isEmpty, !report.isInterrupted { report.refusal = remove(&wrong, discard) }
    report.tally = collected.tally
    report.wrong = wrong.map(\.file)
    report.reasons = collected.reasons
    report.resumed = resumed
    report.left = list.items.count - collected.doneCount
    report.isOverdue = (report.left > 0 || isListCut.load(ordering: .relaxed)) && context.isOverdue
    report.runBytes = context.comparedBytes
    report.duration = context.elapsed
    report.errors = context.errorCount
    try journal?.write(isFinished: report.isFinished, isLast: true)
    return report
  }

  // MARK: The list

  private func list(_ paths: [[UInt8]], _ isRecursive: Bool) -> VerifyList {
    let found = Guarded<[VerifyList.Item]>([])
    let take: @Sendable (JudgedFile) -> Void = { [self] file in
      guard let item = item(of: file) else { return }
      found.withLock { $0.append(item) }
      listedBytes.add(file.judgement.dataBytes, ordering: .relaxed)
    }
    let context = context
    let listing = FileListing(survey: survey, threads: context.options.threads) { context.isEnded }
    let isWhole = listing.forEachFile(of: paths, isRecursive: isRecursive, take)
    isListCut.store(!isWhole, ordering: .relaxed)
    return VerifyList(found.withLock { $0 })
  }

  /// A file that has data to compare; nil for all others, which are counted.
  private func item(of file: JudgedFile) -> VerifyList.Item? {
    let judgement = file.judgement
    let state: VerifiedFile.State? =
      switch judgement.state {
      case .cached, .partial: judgement.runs.isEmpty ? .empty : nil
      case .empty: .empty
      case .absent: .absent
      case .stale: .stale
      case .dirty: .dirty
      case .unknown: VerifiedFile.State(unknown: judgement)
      }
    let standing: FileStatus? = if case .entry(let status) = file.mapping.main?.standing { status } else { nil }
    guard let state else {
      // What is skipped counts as it was compared.
      let (bytes, blocks) = journal == nil ? (0, 0) : context.options.sample.extent(of: judgement.runs, in: file.path)
      return VerifyList.Item(
        mountPoint: file.mapping.file.mount?.mountPoint ?? [], path: file.path, size: file.fileBytes,
        blocks: Self.blocks(judgement.runs), refusal: refusal(file.mapping.file.mount), inode: standing?.inode ?? 0,
        objectChange: standing?.change.clampedNanoseconds ?? .max, comparedBytes: bytes, comparedBlocks: blocks,
        windows: VerifyList.Item.windows(of: judgement.runs))
    }
    var verified = VerifiedFile(
      path: file.path, object: file.mapping.main.map { CachePath(joining: $0.components) }, state: state,
      reason: judgement.reason, fileBytes: file.fileBytes)
    if state == .absent || state == .uncommitted { verified.object = nil }
    collection.withLock { $0.add(verified) }
    context.options.onFile(verified)
    return nil
  }

  private static func blocks(_ runs: [Range<UInt64>]) -> Int {
    runs.reduce(0) { $0 + BlockSample.blocks(of: $1) }
  }

  /// Why files of a mount cannot be compared; nil when they can.
  private func refusal(_ mount: MountEntry?) -> String? {
    guard let mount else { return "its mount is not known" }
    if let other = context.options.other { return other.objection(to: mount) }
    guard case .unavailable(let reason) = DirectReading(mount, kernel: context.options.kernel) else { return nil }
    return reason
  }

  /// Takes over what an earlier run had done: what it compared and found right, of which the object is as it was then. Returns how many
  /// files that were.
  private func skipDone(_ list: VerifyList) -> Int {
    var collected = VerifyCollection(list.items.count)
    var skipped = 0
    for (index, item) in list.items.enumerated() where item.refusal == nil && journal?.hasDone(item) == true {
      collected.skip(index, item)
      skipped += 1
    }
    collection.withLock {
      collected.take($0)
      $0 = collected
    }
    return skipped
  }

  // MARK: Comparing

  /// Compares the files of one mount with several threads. A server that does not answer costs the time that was allowed, once.
  private func compare(_ list: VerifyList, _ items: Range<Int>) {
    let work = TimedWork<Bool>()
    context.begin(work)
    let parts = PartCounter(list.firstPart(of: items.lowerBound)..<list.firstPart(of: items.upperBound))
    let answer = work.run(timeout: context.options.timeout) { [self] _ in
      _ = Workers.run(count: min(context.options.threads, parts.count)) { [self] _ in
        let comparison = FileComparison(context)
        while !context.isEnded, let part = parts.next() { compare(part, of: list, comparison) }
        return 0
      }
      return true
    }
    if answer == nil {
      // Threads that come back from the server later find nothing to do.
      parts.cancel()
      let mount = list.items[items.lowerBound].mountPoint
      context.giveUp(mount, work)
    }
  }

  private func compare(_ number: Int, of list: VerifyList, _ comparison: FileComparison) {
    let (index, offsets) = list.part(number)
    let item = list.items[index]
    if collection.withLock({ $0.isDone(index) }) { return }
    var answer: FileComparison.Answer?
    if let refusal = item.refusal {
      answer = FileComparison.Answer(file: VerifiedFile(path: item.path, state: .refused, reason: refusal))
    } else {
      answer = comparison.compare(item.path, offsets)
    }
    guard var answer, !context.isAbandoned else { return }
    if answer.file.fileBytes == 0 { answer.file.fileBytes = item.size }
    let file = collection.withLock {
      $0.add(answer, index, parts: list.partCount(of: index), of: item.blocks)
    }
    guard let file else { return }
    context.options.onFile(file)
    guard let journal, file.state == .right || file.state == .unsampled else { return }
    journal.done(item)
    do throws(StoreError) { try journal.write(isFinished: false, isLast: false) } catch { context.fail(error) }
  }

  // MARK: Removing

  private func remove(
    _ wrong: inout [(file: VerifiedFile, object: WrongObject?)], _ discard: () throws(Refusal) -> any RemovalRight
  ) -> Refusal? {
    do throws(Refusal) {
      let options = context.options
      let context = context
      // Links to one file, and a file that was named in two ways, have one object.
      var objects: [WrongObject] = []
      var numbers: [WrongObject: Int] = [:]
      for object in wrong.compactMap(\.object) where numbers[object] == nil {
        numbers[object] = objects.count
        objects.append(object)
      }
      let removal = WrongObjectRemoval(
        right: try discard(), side: context.side, patience: options.patience, onFailure: { context.fail($0) },
        isCancelled: options.isCancelled)
      let answers = try removal.run(objects)
      for place in wrong.indices {
        guard let object = wrong[place].object, let number = numbers[object] else { continue }
        wrong[place].file.removal = answers[number]
        if answers[number] == .removed { Self.forgetPages(of: wrong[place].file.path) }
      }
      return nil
    } catch {
      return error
    }
  }

  /// What was read through the mount before may still be in memory, wrong as it was.
  private static func forgetPages(of path: [UInt8]) {
    guard let file = try? OwnedDescriptor(reading: FilePath(bytes: path), direct: false) else { return }
    file.dropCachedPages(from: 0, count: 0)
  }
}
