// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import Synchronization

/// The first objects in the order of culling, up to a number, out of any number: what the threads of a scan come across.
final class VictimSelection: Sendable {
  /// So many are kept.
  let limit: Int
  private let state = Mutex(State())
  /// Nothing of a later rank is among the first.
  private let horizon = Atomic<Int64>(.max)

  private struct State {
    var victims: [Victim] = []
    /// Whether there were more.
    var isCut = false
  }

  init(limit: Int) { self.limit = max(1, limit) }

  /// Whether something of this rank can be among the first.
  @inline(__always)
  func mayTake(_ rank: Int64) -> Bool { rank <= horizon.load(ordering: .relaxed) }

  /// Takes what a thread has gathered.
  func add(_ victims: [Victim]) {
    state.withLock { state in
      state.victims += victims
      if state.victims.count > limit.addingClamped(limit / 2) { cut(&state) }
    }
  }

  /// Lets go of what is not among the first. Ranks tell, and paths where the last rank has too many.
  private func cut(_ state: inout State) {
    guard state.victims.count > limit else { return }
    var ranks = state.victims.map(\.rank)
    ranks.sort()
    let last = ranks[limit - 1]
    var equal = state.victims.filter { $0.rank == last }
    state.victims.removeAll { $0.rank >= last }
    if state.victims.count + equal.count > limit {
      Self.sort(&equal)
      equal.removeLast(state.victims.count + equal.count - limit)
    }
    state.victims += equal
    state.isCut = true
    horizon.store(last, ordering: .relaxed)
  }

  /// Sorts numbers in place of victims: they are moved once.
  private static func sort(_ victims: inout [Victim]) {
    var order = victims.indices.map { (rank: victims[$0].rank, index: $0) }
    order.sort { left, right in
      left.rank != right.rank ? left.rank < right.rank : Victim.precedes(victims[left.index], victims[right.index])
    }
    victims = order.map { victims[$0.index] }
  }

  /// The first ones in order, and whether more come after them.
  func finish() -> (victims: [Victim], isCut: Bool) {
    state.withLock { state in
      cut(&state)
      Self.sort(&state.victims)
      defer { state = State() }
      return (state.victims, state.isCut)
    }
  }
}
