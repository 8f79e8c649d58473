// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
import LinuxIO

/// What a copy is to do.
package struct CopyOptions: Sendable {
  /// The number of threads.
  package var threads = CopyOptions.defaultThreads
  /// Which volumes to copy, by their keys; all without it.
  package var volumes: (@Sendable ([UInt8]) -> Bool)?
  /// Whether to copy objects whose record is marked dirty.
  package var includesDirty = false
  /// Whether to compare source and destination afterwards.
  package var verifies = false
  /// Whether to wait at the end until everything is on the disk.
  package var synchronizes = true
  /// What tells whether a cache is live.
  package var liveness = LivenessSources()
  /// Called for each thing that fails, from one thread at a time.
  package var onFailure: @Sendable (StoreError) -> Void = { _ in }
  /// Called before the first object is copied with a path and what its file system cannot keep.
  package var onNote: @Sendable ([UInt8], String) -> Void = { _, _ in }
  /// Called for each thing that is left out, from one thread at a time.
  package var onSkip: @Sendable (CopySkip) -> Void = { _ in }
  /// Called for each object that is not what the source has, with its path in the destination and what differs.
  package var onMismatch: @Sendable ([UInt8], String) -> Void = { _, _ in }
  /// Asked before each object; true ends the copy.
  package var isCancelled: @Sendable () -> Bool = { Interruption.signal != nil }
  /// Called between the copy of an object's data and the second look at the source, with the source's path, for tests.
  var beforeRecheck: @Sendable ([UInt8]) -> Void = { _ in }

  /// The usual options.
  package init() {}

  /// Some threads wait for the disk while others copy.
  package static var defaultThreads: Int { min(16, max(4, Workers.processorCount * 2)) }
}
