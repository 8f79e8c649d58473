// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO
import SystemPackage

/// A step of a copy that failed, before it is known by which path to name it.
struct CopyFault: Error {
  /// Which of the two files.
  enum Side { case source, destination }

  var side: Side
  var operation: String
  var error: Errno
  var note: String?

  /// Whether there is no room left: then nothing else will fit either.
  var isFull: Bool { side == .destination && (error == .noSpace || error == .diskQuotaExceeded) }

  /// Runs one step.
  static func attempt<R: ~Copyable>(
    _ side: Side, _ operation: String, _ body: () throws(Errno) -> R
  ) throws(CopyFault) -> R {
    do throws(Errno) { return try body() } catch {
      throw CopyFault(side: side, operation: operation, error: error)
    }
  }
}
