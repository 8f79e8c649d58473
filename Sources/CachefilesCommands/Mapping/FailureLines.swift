// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import LinuxIO
import Synchronization

/// Failures as lines on stderr, from any thread, and their number.
final class FailureLines: Sendable {
  private let number = Atomic<Int>(0)

  /// How many there were.
  var count: Int { number.load(ordering: .relaxed) }

  /// Counts one that was told.
  func note() { number.add(1, ordering: .relaxed) }

  /// Tells one and counts it.
  var add: @Sendable (StoreError) -> Void {
    { [self] error in
      note()
      StandardError.line("cachefiles: \(error)")
    }
  }
}
