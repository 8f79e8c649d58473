// SPDX-License-Identifier: Apache-2.0
import CachefilesStore

/// The first objects in the order of culling, as the last scan saw them, which a later cull goes on with.
///
/// It stays exact: a last use only moves forward, so that what a scan put behind them cannot come before them later. Each is looked
/// at again when its turn comes; one that was used meanwhile stays. What a scan found lies in flat arrays until it is taken: so many
/// objects by themselves would take three times the memory.
struct CullReserve {
  /// What the last scan found, and how many of it have been taken.
  private var found: KnownVictims?
  private var taken = 0
  /// Those that came back, in order.
  private var front: ArraySlice<Victim> = []
  /// Those that were dirty or in use when their turn came, in order.
  private(set) var stayed: [Victim] = []
  /// Whether more stayed than could be kept.
  private var hasOverflowed = false
  /// When the first of these stayed.
  private var since = ContinuousClock.now
  /// Where the last scan had more than could be kept; nil where all that may go was kept.
  private(set) var horizon: CullKey?

  /// What stayed is asked about again after this time.
  static let patience = Duration.seconds(30)

  /// Takes over what a scan found, in place of what it found before.
  mutating func fill(_ known: KnownVictims) {
    found = known
    taken = 0
    front = []
    horizon = known.isCut ? known.last?.key : nil
  }

  /// Takes note of those that stayed, of so many at most: with more than that all is forgotten when it is time to ask again, so that
  /// the next scan finds them in their places.
  mutating func note(_ victims: [Victim], at now: ContinuousClock.Instant, atMost limit: Int) {
    if stayed.isEmpty { since = now }
    if stayed.count + victims.count > limit { hasOverflowed = true }
    stayed += victims.prefix(max(0, limit - stayed.count))
  }

  /// Puts what stayed back in its place, if that was some time ago.
  mutating func takeBack(at now: ContinuousClock.Instant) {
    guard !stayed.isEmpty, now - since >= Self.patience else { return }
    if hasOverflowed { return clear() }
    front = (stayed + front).sorted(by: Victim.precedes)[...]
    stayed = []
  }

  /// Puts back those that were taken last and nothing was done about.
  mutating func putBack(_ victims: ArraySlice<Victim>) {
    if !victims.isEmpty { front = (victims + front)[...] }
  }

  /// Gives back the memory of those that are gone, before a scan takes some of its own: what is left lies by itself from here on.
  mutating func shrink() {
    var left: [Victim] = []
    left.reserveCapacity(count)
    while let victim = next() { left.append(victim) }
    front = left[...]
    found = nil
    taken = 0
  }

  /// Forgets everything.
  mutating func clear() { self = CullReserve() }

  /// Takes from the beginning what covers a need, at least one and at most so many.
  mutating func take(atMost limit: Int, covering need: (Victim) -> Bool) -> [Victim] {
    var victims: [Victim] = []
    while victims.count < limit, let victim = next() {
      victims.append(victim)
      if need(victim) { break }
    }
    return victims
  }

  /// The first one, taken out.
  private mutating func next() -> Victim? {
    let other = found?.victim(taken)
    if let first = front.first, other.map({ !Victim.precedes($0, first) }) ?? true { return front.popFirst() }
    if other != nil { taken += 1 }
    return other
  }

  /// How many are left.
  var count: Int { front.count + (found.map { $0.count - taken } ?? 0) }
}
