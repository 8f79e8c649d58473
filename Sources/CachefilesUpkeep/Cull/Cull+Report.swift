// SPDX-License-Identifier: Apache-2.0
package import CachefilesStore
package import CachefilesSurvey
package import LinuxIO

extension Cull {
  /// What is going to be removed.
  package struct Plan: Sendable, Equatable {
    /// The victims.
    package var sum = CullSum()
    /// The least recent use among them.
    package var oldest: Timestamp?
    /// The most recent use among them.
    package var newest: Timestamp?
    /// Whether the goal can be reached.
    package var isEnough = true
  }

  /// What came of it.
  package struct Report: Sendable {
    /// The root's path.
    package var root: [UInt8]
    /// What had to go.
    package var need = CullSum()
    /// What was to be removed; in a dry run, without the objects that would stay.
    package var plan = Plan()
    /// What was removed, or would be.
    package var done = CullSum()
    /// The least and the most recent use among what was removed.
    package var removedOldest: Timestamp?
    package var removedNewest: Timestamp?
    /// Objects that changed or vanished since they were looked at.
    package var skipped = 0
    /// Dirty objects that stayed.
    package var dirty = 0
    /// Objects that stayed because the kernel uses them.
    package var inUse = 0
    /// Selected objects that are pinned, and stay.
    package var pinned = CullSum()
    /// Whether there are trees of the layout before 5.17, whose objects are neither counted nor removed.
    package var hasLegacyTree = false
    /// What could not be read or removed.
    package var errors = 0
    /// Empty directories that were removed.
    package var prunedDirectories = 0
    /// Available bytes of the file system before, where it tells.
    package var availableBefore: UInt64?
    /// Available bytes of the file system afterwards, where it tells.
    package var availableAfter: UInt64?
    /// Whether the goal holds now; in a dry run, whether it would.
    package var isGoalMet = false
    /// What is missing where it does not hold.
    package var shortfall = CullShortfall()
    /// Whether all objects have been counted.
    package var isCounted = false
    /// Why nothing was done, or the work was stopped: one line.
    package var refusal: Refusal?
    /// Whether a signal ended it.
    package var isInterrupted = false
    /// Whether the time was over.
    package var isOutOfTime = false
    /// Nothing was removed.
    package var isDryRun = false
    /// Whether the cache was in use, so that everything went with the kernel's leave.
    package var isLive = false

    /// Whether anything was removed.
    package var hasDoneSomething: Bool { !isDryRun && (!done.isNothing || prunedDirectories > 0) }
  }
}
