// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO
import Synchronization

/// The first objects in the order of culling, up to a number, out of any number: what the threads of a scan come across.
final class VictimSelection: Sendable {
  /// So many are kept.
  let limit: Int
  private let state = Guarded(State())
  /// Nothing of a later rank is among the first.
  private let horizon = Atomic<Int64>(.max)

  private struct State {
    var pool = VictimPool()
    /// Whether there were more.
    var isCut = false
  }

  init(limit: Int) { self.limit = max(1, limit) }

  /// Whether something of this rank can be among the first.
  @inline(__always)
  func mayTake(_ rank: Int64) -> Bool { rank <= horizon.load(ordering: .relaxed) }

  /// With so many the last ones are let go of: a quarter more than are kept. All threads wait for it meanwhile.
  private var most: Int { limit.addingClamped(limit / 4) }

  /// Takes what a thread has gathered.
  func add(_ victims: VictimPool) {
    state.withLock { state in
      if state.pool.entries.isEmpty { state.pool.reserve(min(most, 1 << 18) + 1024) }
      state.pool.append(victims)
      if state.pool.entries.count > most { cut(&state) }
    }
  }

  /// Lets go of what is not among the first. Ranks tell, and paths where the last rank has too many.
  private func cut(_ state: inout State) {
    guard state.pool.entries.count > limit else { return }
    let ranks = state.pool.entries.map(\.rank)
    let last = Quickselect.value(of: ranks, inPlace: limit - 1)
    let before = ranks.reduce(0) { $0 + ($1 < last ? 1 : 0) }
    let equal = state.pool.ordered(ranks.indices.filter { ranks[$0] == last })
    let dropped = Set(equal.dropFirst(limit - before))
    state.pool.keep { number, rank in rank < last || rank == last && !dropped.contains(number) }
    state.isCut = true
    horizon.store(last, ordering: .relaxed)
  }

  /// The first ones, and whether more come after them.
  func finish() -> KnownVictims {
    state.withLock { state in
      cut(&state)
      defer { state = State() }
      return KnownVictims(state.pool, isCut: state.isCut)
    }
  }
}
