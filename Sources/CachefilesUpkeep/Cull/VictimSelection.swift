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
      if state.victims.count > limit.multipliedClamped(by: 2) { cut(&state) }
    }
  }

  private func cut(_ state: inout State) {
    state.victims.sort(by: Victim.precedes)
    guard state.victims.count > limit else { return }
    state.victims.removeLast(state.victims.count - limit)
    state.isCut = true
    if let last = state.victims.last { horizon.store(last.rank, ordering: .relaxed) }
  }

  /// The first ones in order, and whether more come after them.
  func finish() -> (victims: [Victim], isCut: Bool) {
    state.withLock { state in
      cut(&state)
      defer { state = State() }
      return (state.victims, state.isCut)
    }
  }
}
