// SPDX-License-Identifier: Apache-2.0
package import LinuxIO
import SystemPackage

extension StoreError {
  /// Why work on a server's files was given up: it did not answer in time, or there was no thread to ask it with.
  ///
  /// - Parameters:
  ///   - path: what was asked for.
  ///   - rest: what that means for the rest, in words that follow a semicolon; nothing when empty.
  package static func givenUp<R>(
    _ work: TimedWork<R>, on path: [UInt8], after timeout: Duration, rest: String = ""
  ) -> StoreError {
    let isLate = work.failure == .timedOut
    let reason = isLate ? "no answer for \(timeout.clampedSeconds) s" : "no server was asked"
    return StoreError(
      path: path, operation: isLate ? "wait any longer" : "start a thread", error: work.failure,
      note: reason + (rest.isEmpty ? "" : "; \(rest)"))
  }
}
