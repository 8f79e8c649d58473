// SPDX-License-Identifier: Apache-2.0
import CachefilesSurvey

/// The first victims in the order, as the scan that counts came across them: as long as they are enough no other scan looks for them.
struct KnownVictims: Sendable {
  /// In the order of culling.
  let victims: [Victim]
  /// Whether more come after them.
  let isCut: Bool

  /// Where a cull ends that needs so much; nil when these do not tell.
  func cut(covering need: CullSum) -> CutFinder.Cut? {
    var plan = CullSum()
    for victim in victims {
      plan += victim.sum
      if plan.covers(need) { return CutFinder.Cut(last: victim.key, plan: plan) }
    }
    return isCut ? nil : CutFinder.Cut(last: nil, plan: plan)
  }

  /// Those that lie within bounds which begin where these do; nil when there may be more.
  func within(_ bounds: CullScope.Bounds) -> ArraySlice<Victim>? {
    // The first one behind the bounds.
    var (low, high) = (0, victims.count)
    while low < high {
      let middle = (low + high) / 2
      if isWithin(victims[middle], bounds) { low = middle + 1 } else { high = middle }
    }
    if isCut, low == victims.count, victims.last?.key != bounds.last { return nil }
    return victims[..<low]
  }

  private func isWithin(_ victim: Victim, _ bounds: CullScope.Bounds) -> Bool {
    if victim.rank > bounds.ranks.upperBound { return false }
    guard let last = bounds.last, victim.rank >= last.rank else { return true }
    return victim.key <= last
  }
}
