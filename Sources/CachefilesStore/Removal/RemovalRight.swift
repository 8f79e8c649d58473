// SPDX-License-Identifier: Apache-2.0

/// The right to remove entries of one cache, whoever gave it: the lock on a cache that nobody holds, or the kernel's leave for
/// one in use. A command says what goes; this knows how.
package protocol RemovalRight: AnyObject, Sendable {
  /// Whether a kernel holds the cache: then things come and go meanwhile, and what is in use stays.
  var isLive: Bool { get }

  /// Asked before each change.
  ///
  /// - Throws: ``Refusal/stopped(_:)`` when the right has ended.
  func checkStillHeld() throws(Refusal)

  /// The same at once, between two stages of work.
  func requireStillHeld() throws(Refusal)

  /// Runs a body on threads from which entries can be removed, at most so many, and collects what they return.
  func withRemovers<R: Sendable>(
    threads: Int, _ body: @escaping @Sendable (any EntryRemover) -> R
  ) throws(Refusal) -> [R]
}
