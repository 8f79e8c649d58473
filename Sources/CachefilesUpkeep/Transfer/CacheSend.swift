// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
package import LinuxIO
import Synchronization
package import SystemPackage

/// Writes objects of a cache as a pax archive, which ``CacheReceive`` reads: the map of each entry is exactly the runs of data of its
/// object. The cache is locked and not live from the making of the value to the end of ``run(to:)``.
///
/// An object that changed, or could not be read to its end, when part of it had been written ends the stream there: no reader takes it for
/// whole.
package final class CacheSend: Sendable {
  /// How many objects have been looked at.
  package let progress = ScanProgress()
  let options: SendOptions
  private let source: Store
  private let hold: ExclusiveCache
  private let state = Guarded(State())
  private let stopped = Atomic<Bool>(false)
  private let lock = Lock()
  /// The keys of the volumes that are left out, and whether there is one.
  private let leftOut = UnusedVolumes()
  private let watch = Stopwatch()
  /// Of who writes.
  private let sums = Guarded(TransferSums())

  /// Smaller objects are read before anything of them is written.
  static let bufferLimit: UInt64 = 4 << 20

  private struct State {
    var errors = 0
    var isInterrupted = false
    var isCut = false
    var refusal: CopyRefusal?
  }

  /// Opens the cache and takes its lock.
  ///
  /// - Throws: ``CopyRefusal`` when it must not begin.
  package init(_ path: FilePath, _ options: SendOptions) throws(CopyRefusal) {
    let opened: Store
    do throws(OpeningFailure) { opened = try Store(path: path) } catch { throw .noCache(error) }
    var isMatched = true
    do throws(StoreError) {
      if let volumes = options.volumes { isMatched = try opened.hasVolume(where: volumes) }
    } catch {
      throw .failed(error)
    }
    guard isMatched else { throw .unusable(path: opened.path, reason: "no volume matches") }
    do throws(Refusal) { hold = try opened.holdUnchanged(options.liveness) } catch {
      throw CopyRefusal(error, opened.path)
    }
    self.options = options
    source = opened
  }

  /// Sends. It runs once.
  ///
  /// What fails is named through ``SendOptions/onFailure`` and counted; nothing is thrown.
  package func run(to writer: PaxWriter) -> SendReport {
    var report = SendReport(source: source.path)
    do throws(StoreError) {
      report.hasLegacyTree = try source.hasLegacyTree()
      write { () throws(ArchiveFailure) in try Self.writeMark(TransferMark.begin, TransferMark.beginText, to: writer) }
      let scanner = try Scanner(source, scanOptions)
      let (visitor, _) = scanner.run { SendVisitor(self, writer) }
      report.sentObjects = visitor.tally.objects
      report.sentBytes = visitor.tally.bytes
      report.skipped = visitor.tally.skipped
      if options.objects != nil { report.leftOutOfList = max(0, visitor.listed - report.sentObjects) }
      if !isStopped, !isInterrupted {
        let chosen = options.objects?.count(in: options.volumes ?? { _ in true })
        report.missingObjects = chosen.map { $0 - visitor.listed } ?? 0
        let objects = report.sentObjects
        write { () throws(ArchiveFailure) in
          try writeSums(to: writer)
          try Self.writeMark(TransferMark.end, TransferMark.endText(objects: objects), to: writer)
          try writer.finish()
        }
      }
    } catch {
      fail(error)
    }
    let state = state.withLock { $0 }
    report.errors = state.errors
    report.isInterrupted = state.isInterrupted
    report.isCut = state.isCut
    report.stopped = state.refusal
    report.duration = watch.elapsed
    return report
  }

  private static func writeMark(_ path: [UInt8], _ text: [UInt8], to writer: PaxWriter) throws(ArchiveFailure) {
    try writer.begin(TransferMark.entry(path, text))
    try writer.write(text, at: 0)
    try writer.end()
  }

  private func writeSums(to writer: PaxWriter) throws(ArchiveFailure) {
    if sums.withLock({ $0.sums.isEmpty }) { return }
    try Self.writeMark(TransferMark.sums, sums.withLock { $0.take() }, to: writer)
  }

  /// Takes the sum of a directory that has just been written, by who wrote it. It follows at once: what is in the directory needs it.
  func addDirectory(_ digest: TransferDigest, to writer: PaxWriter) throws(ArchiveFailure) {
    _ = sums.withLock { $0.add(digest, bytes: 0) }
    try writeSums(to: writer)
  }

  /// Takes the sum of an object that has just been written, by who wrote it.
  func add(_ digest: TransferDigest, bytes: UInt64, to writer: PaxWriter) throws(ArchiveFailure) {
    if sums.withLock({ $0.add(digest, bytes: bytes) }) { try writeSums(to: writer) }
  }

  private var scanOptions: ScanOptions {
    var scan = ScanOptions(threads: options.threads, attributes: true, onlyVolumes: true) { self.fail($0) }
    let (volumes, chosen) = (options.volumes, options.objects?.volumes)
    scan.volumes = { key in (volumes?(key) ?? true) && (chosen?.contains(key) ?? true) }
    scan.isCancelled = { self.isStopped || self.isInterrupted }
    return scan
  }
}

// MARK: What visitors use

extension CacheSend {
  /// Whether it ends early.
  var isStopped: Bool { stopped.load(ordering: .relaxed) }

  private var isInterrupted: Bool {
    guard options.isCancelled() else { return false }
    state.withLock { $0.isInterrupted = true }
    stopped.store(true, ordering: .relaxed)
    return true
  }

  /// Leaves a volume out, with what is in it: without its directory no reader takes that.
  func leaveOut(volume key: [UInt8]) { leftOut.add(key) }

  /// Whether the volume that an entry is in is left out.
  func isLeftOut(_ entry: borrowing ScanEntry) -> Bool { leftOut.contain(entry) }

  /// Whether to go on with the next object.
  func mayContinue() -> Bool {
    if isStopped || isInterrupted { return false }
    progress.add(1)
    do throws(Refusal) {
      try hold.checkStillFree()
      return true
    } catch {
      let refusal = CopyRefusal(error, source.path)
      state.withLock { $0.refusal = refusal }
      stopped.store(true, ordering: .relaxed)
      return false
    }
  }

  /// Writes to the stream while no other thread does; after a failure nobody does again. True when it was written.
  @discardableResult
  func write(_ body: () throws(ArchiveFailure) -> Void) -> Bool {
    guard beginWriting() else { return false }
    defer { endWriting() }
    do throws(ArchiveFailure) {
      try body()
      return true
    } catch {
      stop(error)
      return false
    }
  }

  /// Waits until no other thread writes; false when the stream has ended. ``endWriting()`` lets the next one.
  func beginWriting() -> Bool {
    lock.acquire()
    if !isStopped { return true }
    lock.release()
    return false
  }

  func endWriting() { lock.release() }

  /// Ends the stream because it cannot be written.
  func stop(_ failure: ArchiveFailure) {
    stopped.store(true, ordering: .relaxed)
    switch failure {
    case .interrupted: state.withLock { $0.isInterrupted = true }
    case .system(.brokenPipe):
      let isInterrupted = Interruption.isComing(options.isCancelled)
      state.withLock { if isInterrupted { $0.isInterrupted = true } else { $0.isCut = true } }
    case .system(let error): fail(StoreError(path: Array("the stream".utf8), operation: "write", error: error))
    case .malformed(let reason):
      fail(StoreError(path: Array("the stream".utf8), operation: "write", error: .ioError, note: reason))
    }
  }

  /// Ends the stream within an object: what was written of it must not count.
  func cut(_ error: StoreError) {
    stopped.store(true, ordering: .relaxed)
    var error = error
    error.note =
      (error.note.map { "\($0); " } ?? "") + "the stream ends there; send again without it, or when it stands still"
    fail(error)
  }

  /// Counts and names something that failed.
  func fail(_ error: StoreError) {
    state.withLock { state in
      state.errors += 1
      options.onFailure(error)
    }
  }

  /// Names something that is left out.
  func skip(_ skip: CopySkip) { state.withLock { _ in options.onSkip(skip) } }
}
