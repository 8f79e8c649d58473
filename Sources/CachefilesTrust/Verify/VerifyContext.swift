// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import LinuxIO
import Synchronization
import SystemPackage

/// What the threads of a verification share.
final class VerifyContext: Sendable {
  let side: CacheSide
  let source: any FileFactSource
  let options: VerifyOptions
  let pace: BytePace
  private let watch = Stopwatch()
  private let known = Guarded<Known>(Known())
  /// Bytes that were compared, those of files that changed included: for a line of progress.
  private let bytes = Atomic<UInt64>(0)
  private let errors = Atomic<Int>(0)
  private let work = Guarded<TimedWork<Bool>?>(nil)

  /// The kernel's cookies, and when they were read.
  private struct Known {
    var cookies = CookieIndex()
    var time: Duration?
  }

  init(_ side: CacheSide, _ source: any FileFactSource, _ options: VerifyOptions) {
    self.side = side
    self.source = source
    self.options = options
    pace = BytePace(bytesPerSecond: options.rate)
  }

  /// The time since it began.
  var elapsed: Duration { watch.elapsed }
  /// Whether the time that was allowed is over.
  var isOverdue: Bool { options.maximumTime.map { watch.elapsed >= $0 } ?? false }
  /// Whether to end between two pieces.
  var isEnded: Bool { isOverdue || options.isCancelled() || isAbandoned }
  /// Whether nobody waits for this mount any more.
  var isAbandoned: Bool { work.withLock { $0?.isAbandoned } ?? false }
  /// The same while a thread waits for its turn, which is no silence of the server.
  var isEndedOrWaited: Bool {
    step()
    return isEnded
  }
  /// How many bytes were compared so far.
  var comparedBytes: UInt64 { bytes.load(ordering: .relaxed) }
  /// How many things failed.
  var errorCount: Int { errors.load(ordering: .relaxed) }

  /// Begins with one mount.
  func begin(_ work: TimedWork<Bool>) { self.work.withLock { $0 = work } }
  /// Tells that something has moved.
  func step() { work.withLock { $0?.step() } }
  /// Counts bytes that were compared.
  func compared(_ count: UInt64) { bytes.add(count, ordering: .relaxed) }

  /// Counts and tells something that failed.
  func fail(_ error: StoreError) {
    if isAbandoned { return }
    errors.add(1, ordering: .relaxed)
    options.onFailure(error)
  }

  /// Counts and tells that a server did not answer, or could not be asked.
  func giveUp(_ mount: [UInt8], _ work: TimedWork<Bool>) {
    errors.add(1, ordering: .relaxed)
    options.onFailure(.givenUp(work, on: mount, after: options.timeout, rest: "the rest of its files is left out"))
  }

  /// Waits before a file is looked at again.
  func rest(isLong: Bool) {
    let end = ContinuousClock.now.advanced(by: isLong ? options.longPause : options.pause)
    while ContinuousClock.now < end, !isEndedOrWaited { Pause.microseconds(20_000) }
  }

  /// The kernel's cookies.
  ///
  /// - Parameter isFresh: whether they must have been read after the question was asked; threads that ask at the same time share
  ///   an answer.
  /// - Throws: ``StoreError`` when the table exists and cannot be read.
  func cookies(isFresh: Bool) throws(StoreError) -> CookieIndex {
    let asked = watch.elapsed
    return try known.withLock { (known) throws(StoreError) in
      if let time = known.time, !isFresh || time > asked { return known.cookies }
      known.time = watch.elapsed
      known.cookies = try side.readCookies()
      return known.cookies
    }
  }
}
