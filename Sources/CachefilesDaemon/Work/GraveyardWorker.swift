// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import Synchronization
import SystemPackage

/// The thread that empties the graveyard as things arrive in it. Nothing that lies there ends it.
final class GraveyardWorker: Sendable {
  private let wake: Event
  private let isEnding = Atomic<Bool>(false)
  private let live: SharedLiveHold
  private let log: DaemonLog
  private let board: StatusBoard

  /// What arrives within this time after a sweep is swept together.
  private static let pause: UInt32 = 500_000

  init(_ live: SharedLiveHold, _ log: DaemonLog, _ board: StatusBoard) throws(Errno) {
    self.live = live
    self.log = log
    self.board = board
    wake = try Event()
  }

  /// Something has arrived, or may have.
  func notice() { wake.set() }

  /// Ends it after the entry that it is at.
  func end() {
    isEnding.store(true, ordering: .relaxed)
    wake.set()
  }

  /// Sweeps now, and whenever something arrives.
  func run() {
    while !isEnding.load(ordering: .relaxed) {
      sweep()
      _ = wake.wait()
      if !isEnding.load(ordering: .relaxed) { Pause.microseconds(Self.pause) }
    }
  }

  private func sweep() {
    var options = GraveyardSweeper.Options(now: Timestamp.now)
    options.threads = 2
    options.onFailure = { self.log.failure($0) }
    options.isCancelled = { self.isEnding.load(ordering: .relaxed) }
    do throws(StoreError) {
      let report = try GraveyardSweeper(options).run(live.live.store)
      board.update { status in
        status.sweptEntries += report.removedEntries
        status.sweptBytes &+= report.freedBytes
        status.graveyardLeft = report.leftEntries ?? status.graveyardLeft
      }
      if report.removedEntries > 0 {
        log.debug("graveyard: \(report.removedEntries) entries removed, \(ByteQuantity.words(report.freedBytes))")
      }
    } catch {
      // An undo or a copy has the graveyard: the next look comes with the next tick.
      if error.error != .wouldBlock { log.failure(error) }
    }
  }
}
