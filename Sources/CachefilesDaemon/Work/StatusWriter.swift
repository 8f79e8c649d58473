// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import Synchronization
import SystemPackage

/// The thread that writes the status and the metrics: a disk that hangs, or somebody who holds a lock there, holds up nothing else.
final class StatusWriter: Sendable {
  private let wake: Event
  private let isEnding = Atomic<Bool>(false)
  private let files: StatusFiles
  private let board: StatusBoard
  private let log: DaemonLog

  init(_ files: StatusFiles, _ board: StatusBoard, _ log: DaemonLog) throws(Errno) {
    self.files = files
    self.board = board
    self.log = log
    wake = try Event()
  }

  /// Has the files written now.
  func notice() { wake.set() }

  /// Ends it after they have been written once more.
  func end() {
    isEnding.store(true, ordering: .relaxed)
    wake.set()
  }

  /// Writes whenever it is told to.
  func run() {
    var isLast = false
    while !isLast {
      _ = wake.wait()
      isLast = isEnding.load(ordering: .relaxed)
      files.write(board, log)
    }
  }
}
