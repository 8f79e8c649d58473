// SPDX-License-Identifier: Apache-2.0
package import CachefilesStore
package import LinuxIO
package import SystemPackage

/// What a check is to do, and whom it tells.
package struct CheckOptions: Sendable {
  /// What is reported, how bad it is, and what is mended.
  package var policy = CheckPolicy()
  /// The kernel to judge for.
  package var kernel = KernelRelease.running
  /// Whether the directory is the one that this machine is to cache in; false for a copy.
  package var isCacheOfThisMachine = false
  /// The time of day.
  package var now: Timestamp
  /// The number of threads.
  package var threads = ScanOptions.defaultThreads
  /// Whether to open every object and look at its data: O17 and O20 need that.
  package var isThorough = false
  /// Which volumes to check, by their keys; with it, nothing outside volumes is looked at.
  package var volumes: (@Sendable ([UInt8]) -> Bool)?
  /// Check volume by volume in the order of their keys, from this key on.
  package var firstVolume: [UInt8]?
  /// Begin no other volume after this time, and no other repair. The first part is always finished.
  package var timeLimit: Duration?
  /// What ``timeLimit`` and the duration are measured with.
  package var clock: @Sendable () -> ContinuousClock.Instant = { .now }
  /// Where the journal of repairs goes, a new file outside the cache; without one nothing is repaired.
  package var journal: FilePath?
  /// Whether repairs remove for good what they bury by default.
  package var deletes = false
  /// Whether a cache in use is repaired too, as far as that goes with the kernel's leave. There is no undo for that.
  package var isLive = false
  /// Called before the first repair of a cache in use.
  package var onLive: @Sendable () -> Void = {}
  /// What tells whether the cache is live.
  package var liveness = LivenessSources()
  /// How many repairs may wait between two scans.
  package var repairLimit = 100_000
  /// Called for each finding, from one thread at a time: at once, or after its repair was tried.
  package var onFinding: @Sendable (Finding) -> Void = { _ in }
  /// Called for each entry that cannot be read or mended, from one thread at a time.
  package var onFailure: @Sendable (StoreError) -> Void = { _ in }
  /// Asked now and then; true ends the check.
  package var isCancelled: @Sendable () -> Bool = { Interruption.signal != nil }

  /// The usual options: everything, nothing repaired.
  package init(now: Timestamp) { self.now = now }
}
