// SPDX-License-Identifier: Apache-2.0
import CachefilesSurvey

/// Whether a round of a cull took all that it was to take: only then the next one may take what was used later.
///
/// A directory that could not be read in one of the scans hides its objects from the plan, or keeps them when they should
/// go. Then everything is counted and planned again from the same place.
struct CullRound {
  /// How a round ended.
  enum End {
    /// What should go is gone, or cannot go.
    case isComplete
    /// Objects that should go are still there: another round from the same place.
    case leftObjects
    /// The same happened too often without any progress.
    case isStuck
  }

  /// What had been done when it began.
  var before = CullTally()
  /// What could not be read when everything was counted; nil before that.
  var failures: Int?
  private var failedMore = false
  private var fruitless = 0
  private static let patience = 3

  /// Takes note of how much a scan could not read.
  mutating func note(_ count: Int) {
    if let failures {
      if count > failures { failedMore = true }
    } else {
      failures = count
      failedMore = false
    }
  }

  /// How it ended.
  ///
  /// - Parameter isShort: whether more was to go than had been planned.
  mutating func end(_ now: CullTally, isShort: Bool) -> End {
    guard isShort || failedMore else {
      fruitless = 0
      return .isComplete
    }
    fruitless = now.done.objects > before.done.objects ? 0 : fruitless + 1
    return fruitless < Self.patience ? .leftObjects : .isStuck
  }
}
