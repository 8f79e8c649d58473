// SPDX-License-Identifier: Apache-2.0
import CachefilesStore

/// What filling a cache came to.
package struct PrefillReport: Sendable {
  /// Why it read no more.
  package enum Stop: Sendable, Equatable {
    /// So many bytes were allowed.
    case maximumBytes
    /// The file system's room, in words; whether the user had set the limit.
    case room(String, isAsked: Bool)
    /// A signal.
    case signal
  }

  /// The cache directory.
  package var root: [UInt8]
  /// How many files there are of each state.
  package var files: [FilledFile.State: Int] = [:]
  /// Their lengths.
  package var fileBytes: UInt64 = 0
  /// What was missing before, what was read, and what is missing now of the files that were to be filled.
  package var missingBytes: UInt64 = 0
  package var readBytes: UInt64 = 0
  package var leftBytes: UInt64 = 0
  /// Why files are not cached whole, and how many of them.
  package var reasons: [String: Int] = [:]
  /// The time of the reading alone, and of all.
  package var readingTime = Duration.zero
  package var duration = Duration.zero
  /// Things that failed, each of them told.
  package var errors = 0
  /// Why it read no more; nil when all was read.
  package var stop: Stop?
  /// Whether nothing was to be read.
  package var isDryRun = false

  package init(root: [UInt8]) { self.root = root }

  /// How many files have a state.
  package func count(_ state: FilledFile.State) -> Int { files[state] ?? 0 }

  /// Whether all that was asked for is in the cache: as far as a limit that the user set allows.
  package var isDone: Bool {
    if errors > 0 { return false }
    switch stop {
    case .room(_, isAsked: false), .signal: return false
    case .maximumBytes, .room, nil: break
    }
    if isDryRun { return true }
    return FilledFile.State.allCases.allSatisfy { $0.isDone || $0 == .left || count($0) == 0 }
      && (count(.left) == 0 || stop != nil)
  }

  /// Adds a file.
  mutating func add(_ file: FilledFile) {
    files[file.state, default: 0] += 1
    fileBytes = fileBytes.addingClamped(file.fileBytes)
    missingBytes = missingBytes.addingClamped(file.missingBytes)
    readBytes = readBytes.addingClamped(file.readBytes)
    leftBytes = leftBytes.addingClamped(file.leftBytes)
    if !file.state.isDone, let reason = file.reason, reasons[reason] != nil || reasons.count < 20 {
      reasons[reason, default: 0] += 1
    }
  }
}
