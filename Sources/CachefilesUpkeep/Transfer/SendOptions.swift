// SPDX-License-Identifier: Apache-2.0
package import CachefilesStore
import LinuxIO

/// What is to be sent, and how.
package struct SendOptions: Sendable {
  /// The number of threads that read.
  package var threads = CopyOptions.defaultThreads
  /// Which volumes to send, by their keys; all without it.
  package var volumes: (@Sendable ([UInt8]) -> Bool)?
  /// Which objects to send; all without it.
  package var objects: PinnedObjects?
  /// Whether to send objects whose record is marked dirty.
  package var includesDirty = false
  /// What tells whether a cache is live.
  package var liveness = LivenessSources()
  /// Called for each thing that fails, from one thread at a time.
  package var onFailure: @Sendable (StoreError) -> Void = { _ in }
  /// Called for each thing that is left out, from one thread at a time.
  package var onSkip: @Sendable (CopySkip) -> Void = { _ in }
  /// Asked before each object; true ends the stream.
  package var isCancelled: @Sendable () -> Bool = { Interruption.signal != nil }
  /// Called between reading an object's data and the second look at it, for tests.
  var beforeRecheck: @Sendable ([UInt8]) -> Void = { _ in }

  /// The usual options.
  package init() {}
}
