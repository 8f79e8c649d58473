// SPDX-License-Identifier: Apache-2.0
import CachefilesStore

/// The first objects in the order of culling, as the last scan saw them, which a later cull goes on with.
///
/// It stays exact: a last use only moves forward, so that what a scan put behind them cannot come before them later. Each is looked
/// at again when its turn comes; one that was used meanwhile stays.
struct CullReserve {
  /// Those that are left, in order.
  var victims: ArraySlice<Victim> = []
  /// Those that were dirty or in use when their turn came, in order.
  private(set) var stayed: [Victim] = []
  /// When the first of these stayed.
  private var since = ContinuousClock.now
  /// Where the last scan had more than could be kept; nil where all that may go was kept.
  var horizon: CullKey?

  /// What stayed is asked about again after this time.
  static let patience = Duration.seconds(30)

  /// Takes note of one that stayed.
  mutating func note(_ victims: [Victim], at now: ContinuousClock.Instant) {
    if stayed.isEmpty { since = now }
    stayed += victims
  }

  /// Puts what stayed back in its place, if that was some time ago.
  mutating func takeBack(at now: ContinuousClock.Instant) {
    guard !stayed.isEmpty, now - since >= Self.patience else { return }
    victims = (stayed + victims).sorted(by: Victim.precedes)[...]
    stayed = []
  }

  /// Forgets everything.
  mutating func clear() { self = CullReserve() }

  /// Takes from the beginning what covers a need, at least one.
  mutating func take(covering need: (Victim) -> Bool) -> [Victim] {
    var count = 0
    for victim in victims {
      count += 1
      if need(victim) { break }
    }
    let taken = Array(victims.prefix(count))
    victims = victims.dropFirst(count)
    return taken
  }

  /// How many are left.
  var count: Int { victims.count }
}
