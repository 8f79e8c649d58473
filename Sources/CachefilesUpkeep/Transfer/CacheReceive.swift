// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
package import LinuxIO
import Synchronization
package import SystemPackage

/// Puts the objects of a stream that ``CacheSend`` wrote into a cache, with the rules of ``CacheCopy``: whole or not at all, over nothing
/// that is there, into a cache that is locked and not live. The stream is not trusted: an entry that no sound cache has is named and left
/// out.
///
/// One thread reads, the others write.
package final class CacheReceive: Sendable {
  /// How many entries have been looked at.
  package let progress = ScanProgress()
  let options: ReceiveOptions
  let destination: CopyDestination
  private let state = Guarded(State())
  private let stopped = Atomic<Bool>(false)
  private let watch = Stopwatch()

  /// Objects up to this many bytes of data wait in memory for a thread that writes them.
  static let bufferLimit: UInt64 = 4 << 20
  /// All of them together hold no more than this many bytes.
  private static let queueLimit = 16 << 20

  private struct State {
    var tally = CopyTally()
    var errors = 0
    var isInterrupted = false
    var refusal: CopyRefusal?
  }

  /// Opens the destination and takes its lock; what an empty one lacks is made, as is one that does not exist.
  ///
  /// - Throws: ``CopyRefusal`` when it must not begin.
  package init(into path: FilePath, _ options: ReceiveOptions) throws(CopyRefusal) {
    destination = try CopyDestination.open(path, options.liveness)
    self.options = options
  }

  /// Reads a stream to its end. It runs once.
  ///
  /// - Throws: ``CopyRefusal`` when it is no stream of `send`; nothing that was made is left.
  package func run(_ reader: PaxReader) throws(CopyRefusal) -> ReceiveReport {
    do throws(ArchiveFailure) { try TransferMark.check(reader) } catch {
      let path = destination.store.path
      _ = destination.abandon()
      if error == .interrupted || isInterruptionComing {
        var report = ReceiveReport(destination: path)
        report.isInterrupted = true
        report.duration = watch.elapsed
        return report
      }
      throw .unusable(path: Array("standard input".utf8), reason: "no stream of 'cachefiles send': \(error)")
    }
    if let note = destination.traits.timeNote { options.onNote(destination.store.path, note) }
    let queue = BoundedQueue<ReceivedObject>(limit: Self.queueLimit) { $0.weight }
    var stream = ReceivedStream(self, queue)
    Workers.run(beside: { [self] in
      _ = Workers.run(count: max(1, options.threads)) { _ in self.work(queue) }
    }) {
      stream.read(reader)
      queue.end()
    }
    // The writers' own queue: where no thread could be made, this one does it all.
    work(queue)
    stream.setTimes()
    synchronize()
    return finish(stream.report)
  }

  private func finish(_ report: ReceiveReport) -> ReceiveReport {
    // Where no volume was wanted nothing of what was made for the stream stays.
    let isUnmatched = options.volumes != nil && report.chosenVolumes == 0
    if let error = isUnmatched ? destination.abandon() : destination.close() { fail(error) }
    var report = report
    report.timeGranularity = destination.traits.times.granularity
    state.withLock { state in
      report.add(state.tally)
      report.errors += state.errors
      report.isInterrupted = state.isInterrupted
      report.stopped = state.refusal
    }
    report.duration = watch.elapsed
    return report
  }

  private func synchronize() {
    guard options.synchronizes else { return }
    do throws(Errno) { try destination.store.root.synchronizeFileSystem() } catch {
      fail(StoreError(path: destination.store.path, operation: "write everything to the disk of", error: error))
    }
  }

  /// One thread that writes objects.
  private func work(_ queue: BoundedQueue<ReceivedObject>) {
    while let object = queue.next() {
      if isStopped { continue }
      do throws(CopyFault) {
        let file = try object.makeFile()
        for piece in object.pieces { try ReceivedObject.write(piece, to: file) }
        try object.finish(file)
        count(object)
      } catch {
        fail(error, object.path)
      }
    }
  }
}

// MARK: What the reader of the stream uses

extension CacheReceive {
  /// Whether it ends early.
  var isStopped: Bool { stopped.load(ordering: .relaxed) }

  /// Whether to go on with the next entry.
  func mayContinue() -> Bool {
    if isStopped { return false }
    if options.isCancelled() {
      interrupt()
      return false
    }
    progress.add(1)
    do throws(Refusal) {
      try destination.checkStillFree()
      return true
    } catch {
      let refusal = CopyRefusal(error, destination.store.path)
      state.withLock { $0.refusal = refusal }
      stopped.store(true, ordering: .relaxed)
      return false
    }
  }

  /// Whether a signal came, or comes in a moment.
  var isInterruptionComing: Bool { Interruption.isComing(options.isCancelled) }

  /// A signal came.
  func interrupt() {
    state.withLock { $0.isInterrupted = true }
    stopped.store(true, ordering: .relaxed)
  }

  /// Counts an object that has its name.
  func count(_ object: ReceivedObject) {
    state.withLock { state in
      state.tally.objects += 1
      state.tally.bytes += object.layout.dataBytes
      state.tally.dropped += object.layout.droppedBytes
    }
  }

  /// Counts and names something that failed.
  func fail(_ error: StoreError) {
    state.withLock { state in
      state.errors += 1
      options.onFailure(error)
    }
  }

  /// Counts and names a step that failed; no room ends the work.
  func fail(_ fault: CopyFault, _ path: [UInt8]) {
    let error = StoreError(path: path, operation: fault.operation, error: fault.error, note: fault.note)
    guard fault.isFull else { return fail(error) }
    if !stopped.exchange(true, ordering: .relaxed) { fail(error) }
  }

  /// Names something that is left out.
  func skip(_ path: [UInt8], _ objection: CopyFilter.Objection) {
    state.withLock { state in
      state.tally.skipped[objection.reason, default: 0] += 1
      options.onSkip(CopySkip(path: path, reason: objection.reason, words: objection.words))
    }
  }
}
