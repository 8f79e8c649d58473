// SPDX-License-Identifier: Apache-2.0
package import CachefilesStore
import LinuxIO

/// What of a stream is to be taken, and how.
package struct ReceiveOptions: Sendable {
  /// The number of threads that write, beside one that reads.
  package var threads = ReceiveOptions.defaultThreads
  /// Which volumes to take, by their keys; all without it.
  package var volumes: (@Sendable ([UInt8]) -> Bool)?
  /// Whether to take objects whose record is marked dirty.
  package var includesDirty = false
  /// Whether to wait at the end until everything is on the disk.
  package var synchronizes = true
  /// What tells whether a cache is live.
  package var liveness = LivenessSources()
  /// Called for each thing that fails, from one thread at a time.
  package var onFailure: @Sendable (StoreError) -> Void = { _ in }
  /// Called with a path and what its file system cannot keep.
  package var onNote: @Sendable ([UInt8], String) -> Void = { _, _ in }
  /// Called for each thing that is left out, from one thread at a time.
  package var onSkip: @Sendable (CopySkip) -> Void = { _ in }
  /// Asked before each entry; true ends the work.
  package var isCancelled: @Sendable () -> Bool = { Interruption.signal != nil }

  /// The usual options.
  package init() {}

  /// More would wait for the journal of the file system, and for the thread that reads.
  package static var defaultThreads: Int { min(16, max(2, Workers.processorCount)) }
}
