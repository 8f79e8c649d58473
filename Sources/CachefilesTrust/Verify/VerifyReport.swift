// SPDX-License-Identifier: Apache-2.0
package import CachefilesStore

/// What a verification came to.
package struct VerifyReport: Sendable {
  /// What all of it says.
  package enum Verdict: String, Sendable {
    /// All that the cache has of these files, or the sample of it, is what the server has.
    case right
    /// Some of it is not.
    case wrong
    /// Nothing wrong was found, but of some files it cannot be told, or nothing was compared.
    case unknown
    /// Nothing wrong was found until the time was over, or a signal came.
    case unfinished
  }

  /// The cache directory.
  package var root: [UInt8]
  /// What was compared, in numbers; with what earlier runs of the same journal came to.
  package var tally = VerifyTally()
  /// The files that are wrong, by path.
  package var wrong: [VerifiedFile] = []
  /// Why files could not be compared, and how many of them, for those states whose reasons are few.
  package var reasons: [String: Int] = [:]
  /// The sample.
  package var sample: BlockSample
  /// How much was compared by this run alone, and how long that took.
  package var runBytes: UInt64 = 0
  package var duration = Duration.zero
  /// Files with data that were not compared because it ended early.
  package var left = 0
  /// Files that an earlier run of the same journal had done.
  package var resumed = 0
  /// Things that failed, each of them told.
  package var errors = 0
  /// Whether a signal ended it.
  package var isInterrupted = false
  /// Whether the time that was allowed was over before the end.
  package var isOverdue = false
  /// Why nothing, or nothing more, was removed; nil when that was not asked for, or nothing was in the way.
  package var refusal: Refusal?

  package init(root: [UInt8], sample: BlockSample) {
    self.root = root
    self.sample = sample
  }

  /// Whether all files were looked at.
  package var isFinished: Bool { !isInterrupted && !isOverdue && left == 0 }

  /// What all of it says. What cannot be told is never right.
  package var verdict: Verdict {
    if tally.count(.wrong) > 0 { return .wrong }
    if errors > 0 || tally.openCount > 0 { return .unknown }
    if !isFinished { return tally.comparedBytes > 0 ? .unfinished : .unknown }
    return tally.comparedBytes > 0 ? .right : .unknown
  }

  /// How many wrong objects are gone, and how many stay.
  package func count(_ removal: VerifiedFile.Removal) -> Int { wrong.count { $0.removal == removal } }
}
