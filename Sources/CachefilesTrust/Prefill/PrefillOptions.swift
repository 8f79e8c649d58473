// SPDX-License-Identifier: Apache-2.0
package import CachefilesStore
package import LinuxIO

/// How a cache is filled.
package struct PrefillOptions: Sendable {
  /// The number of threads that walk, and that read.
  package var threads = ScanOptions.defaultThreads
  /// At most so many bytes a second are read; nil without a limit.
  package var rate: UInt64?
  /// At most so many bytes are read; nil without a limit.
  package var maximumBytes: UInt64?
  /// Stops before the file system is too full; nil when culling is allowed to begin.
  package var room: RoomGuard?
  /// The time without any progress after which a mount is given up.
  package var timeout: Duration = .seconds(10)
  /// So long the kernel is waited for, to store what was read and to name the objects.
  package var settling: Duration = .seconds(60)
  /// Between two looks meanwhile.
  package var pause: Duration = .seconds(2)
  /// Whether to judge only, and to read nothing.
  package var isDryRun = false
  /// The release of the running kernel.
  package var kernel = KernelRelease.running
  /// Called for each file when it is known what came of it, from one thread.
  package var onFile: @Sendable (FilledFile) -> Void = { _ in }
  /// Called for each thing that failed, from any thread.
  package var onFailure: @Sendable (StoreError) -> Void = { _ in }
  /// Called when all has been read, before the kernel is waited for; for tests, which have no kernel.
  package var afterReading: @Sendable () -> Void = {}
  /// Asked now and then; true ends it.
  package var isCancelled: @Sendable () -> Bool = { Interruption.signal != nil }

  /// The usual options.
  package init() {}
}
