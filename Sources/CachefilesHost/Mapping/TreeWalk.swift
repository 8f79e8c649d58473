// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
import LinuxIO
import SystemPackage

/// How a tree is walked.
package struct TreeWalk: Sendable {
  /// The number of threads.
  package var threads: Int
  /// Whether to go into the directories below.
  package var isRecursive: Bool
  /// Whether to ask files for their status and nothing else.
  package var asksStatusOnly = false
  /// Whether to end: the caller waits no more, or has all that it wanted.
  package var isEnded: @Sendable () -> Bool
  /// Told that something moved, for each directory and file.
  package var step: @Sendable () -> Void
  /// Told of what could not be looked at.
  package var failed: @Sendable (StoreError) -> Void

  /// Describes a walk.
  package init(
    threads: Int, isRecursive: Bool = true, isEnded: @escaping @Sendable () -> Bool = { Interruption.signal != nil },
    step: @escaping @Sendable () -> Void = {}, failed: @escaping @Sendable (StoreError) -> Void
  ) {
    self.threads = threads
    self.isRecursive = isRecursive
    self.isEnded = isEnded
    self.step = step
    self.failed = failed
  }
}
