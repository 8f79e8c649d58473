// SPDX-License-Identifier: Apache-2.0
package import CachefilesStore

/// One file with what came of comparing it.
package struct VerifiedFile: Sendable, Equatable {
  /// The answer in one word.
  package enum State: String, Sendable, CaseIterable, Codable {
    /// What was compared is what the server has.
    case right
    /// The cache has bytes that the server has not, and nothing tells the kernel.
    case wrong
    /// The file or its object changed at each attempt.
    case changing
    /// The record is not that of the file as it is now: the kernel does not use the copy.
    case stale
    /// It is, or was, open for writing.
    case dirty
    /// An object without data.
    case empty
    /// No object.
    case absent
    /// It is being cached for the first time: its object has no name yet.
    case uncommitted
    /// Nothing of it was chosen for the sample.
    case unsampled
    /// The server's bytes cannot be had on this mount.
    case refused
    /// Which object it has, or what is in it, cannot be told.
    case unknown
    /// Reading failed.
    case failed

    /// Whether nothing is known of a copy that there may be.
    package var isOpen: Bool {
      switch self {
      case .changing, .refused, .unknown, .failed: true
      case .right, .wrong, .stale, .dirty, .empty, .absent, .uncommitted, .unsampled: false
      }
    }
  }

  /// What became of a wrong object.
  package enum Removal: String, Sendable {
    /// It is gone.
    case removed
    /// The kernel has it in use; it stays.
    case inUse = "in-use"
    /// It is not what was compared any more; it stays.
    case changed
    /// It could not be removed; a line has said why.
    case failed
  }

  /// The path that was asked for, or below it in a tree.
  package var path: [UInt8]
  /// The path of its object below the cache directory; nil where there is none.
  package var object: CachePath?
  /// The answer.
  package var state: State
  /// Why, as a phrase; nil when there is nothing to say.
  package var reason: String?
  /// The file's length.
  package var fileBytes: UInt64 = 0
  /// How many bytes were compared.
  package var comparedBytes: UInt64 = 0
  /// How many of them are wrong.
  package var wrongBytes: UInt64 = 0
  /// In how many runs.
  package var wrongRanges = 0
  /// The first of these runs.
  package var ranges: [WrongRange] = []
  /// What became of the object; nil where it was not to go.
  package var removal: Removal?

  package init(path: [UInt8], object: CachePath? = nil, state: State, reason: String? = nil, fileBytes: UInt64 = 0) {
    self.path = path
    self.object = object
    self.state = state
    self.reason = reason
    self.fileBytes = fileBytes
  }

  /// Adds what came of another part of the same file: the worse of two answers counts.
  mutating func add(_ other: VerifiedFile) {
    comparedBytes += other.comparedBytes
    wrongBytes += other.wrongBytes
    wrongRanges += other.wrongRanges
    ranges = Array((ranges + other.ranges).sorted { $0.offset < $1.offset }.prefix(WrongRange.mostRanges))
    if other.state.weight > state.weight {
      state = other.state
      reason = other.reason
    }
    object = object ?? other.object
  }
}

extension VerifiedFile.State {
  /// How much an answer for a part says about the whole file.
  fileprivate var weight: Int {
    switch self {
    case .unsampled: 0
    case .right: 1
    case .empty, .absent, .uncommitted: 2
    case .stale, .dirty: 3
    case .refused, .unknown: 4
    case .changing: 5
    case .failed: 6
    case .wrong: 7
    }
  }
}
