// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// One file with what came of filling the cache with it.
package struct FilledFile: Sendable, Equatable {
  /// The answer in one word.
  package enum State: String, Sendable, CaseIterable {
    /// It was cached whole before.
    case whole
    /// It is cached whole now.
    case filled
    /// All but its last block, which this kernel does not store.
    case tail
    /// Some of what was read is not in the cache.
    case partial
    /// The kernel has not named its object yet: what is in it cannot be told.
    case pending
    /// It was to be read and was not: a limit was reached.
    case left
    /// It is not cached, whatever is read: its mount, or its kind.
    case uncached
    /// It is open for writing.
    case dirty
    /// What is cached of it cannot be told.
    case unknown
    /// Reading failed.
    case failed

    /// Whether the file is in the cache as far as its kernel stores it.
    package var isDone: Bool {
      switch self {
      case .whole, .filled, .tail: true
      case .partial, .pending, .left, .uncached, .dirty, .unknown, .failed: false
      }
    }
  }

  /// The path that was asked for, or below it in a tree.
  package var path: [UInt8]
  /// The answer.
  package var state: State
  /// Why, as a phrase; nil when there is nothing to say.
  package var reason: String?
  /// The file's length.
  package var fileBytes: UInt64
  /// What of it was missing before.
  package var missingBytes: UInt64 = 0
  /// What of it was read.
  package var readBytes: UInt64 = 0
  /// What of it is missing now.
  package var leftBytes: UInt64 = 0

  package init(path: [UInt8], state: State, reason: String? = nil, fileBytes: UInt64) {
    self.path = path
    self.state = state
    self.reason = reason
    self.fileBytes = fileBytes
  }
}
