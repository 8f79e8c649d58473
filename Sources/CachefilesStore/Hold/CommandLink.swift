// SPDX-License-Identifier: Apache-2.0
import LinuxIO

/// The way on which commands reach the kernel, and whether it is still open.
protocol CommandLink: Sendable {
  /// Why nothing can be asked any more; nil while it can.
  var end: Refusal? { get }

  /// Sees to it that commands can be given, in this moment.
  ///
  /// - Throws: ``Refusal/stopped(_:)``.
  func requireDaemon() throws(Refusal)

  /// Gives a command; it acts in the working directory of this thread.
  ///
  /// - Throws: ``Refusal/stopped(_:)`` when the daemon has ended, or the kernel has withdrawn the cache.
  func send(_ command: CacheCommand, _ name: EntryName) throws(Refusal) -> CacheCommand.Answer
}
