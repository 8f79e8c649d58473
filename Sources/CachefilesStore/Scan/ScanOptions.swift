// SPDX-License-Identifier: Apache-2.0
package import LinuxIO

/// What a scan is to do.
package struct ScanOptions: Sendable {
  /// The number of threads.
  package var threads: Int
  /// Whether to read the cache attribute of objects, volumes and legacy files.
  package var attributes: Bool
  /// Whether to read the attribute of every other regular file in `cache` too.
  package var readsAttributesEverywhere = false
  /// Whether the visitors go on to use the directories when the scan is over; they close with the last of them.
  package var keepsDirectories = false
  /// Which volumes to enter, by their keys; all without it.
  package var volumes: (@Sendable ([UInt8]) -> Bool)?
  /// Whether to leave out the graveyard and everything else outside the volumes.
  package var onlyVolumes: Bool
  /// Whether to leave out the graveyard.
  package var leavesOutGraveyard = false
  /// Whether to leave out entries that the directory itself says are regular files, except in the graveyard. Then a
  /// scan reads directories and little else.
  package var leavesOutRegularFiles = false
  /// Which objects to look at, where the directory itself says that they are regular files; all without it.
  package var inodes: InodeFilter?
  /// Whether a kernel holds the cache: then entries come and go while they are looked at, which is no failure.
  package var isLive = false
  /// The part of a processor that each thread may use; all of it without.
  package var share: ProcessorShare?
  /// Called for each entry that fails, from one thread at a time.
  package var onFailure: @Sendable (StoreError) -> Void
  /// Asked now and then; true ends the scan.
  package var isCancelled: @Sendable () -> Bool

  /// The usual options: everything, attributes left out.
  package init(
    threads: Int = ScanOptions.defaultThreads, attributes: Bool = false, onlyVolumes: Bool = false,
    onFailure: @escaping @Sendable (StoreError) -> Void = { _ in }
  ) {
    self.threads = threads
    self.attributes = attributes
    self.onlyVolumes = onlyVolumes
    self.onFailure = onFailure
    isCancelled = { Interruption.signal != nil }
  }

  /// More threads than processors: on a cold disk they wait most of the time, and warm the surplus sleeps.
  package static var defaultThreads: Int { min(64, max(8, Workers.processorCount * 4)) }
}
