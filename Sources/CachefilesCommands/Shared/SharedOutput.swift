// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO
import Synchronization

/// An output that several threads write whole lines to.
final class SharedOutput: @unchecked Sendable {
  // `output` is read by all threads; its stream and the watch are touched under the lock only.
  let output: Output
  private let lock = Lock()
  private var sinceFlush = Stopwatch()

  init(_ output: Output) { self.output = output }

  /// Writes lines. Who reads them through a pipe has them a second later, also where they are few.
  func write(_ bytes: [UInt8]) {
    lock.withLock {
      output.stream.append { $0 += bytes }
      if sinceFlush.elapsed >= .seconds(1) {
        output.stream.flush()
        sinceFlush = Stopwatch()
      }
    }
  }
}
