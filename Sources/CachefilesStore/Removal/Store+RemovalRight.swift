// SPDX-License-Identifier: Apache-2.0
extension Store {
  /// Takes the cache for removals.
  ///
  /// - Parameter live: whether a cache in use is taken too, with the kernel's leave. One that nobody holds is taken for this
  ///   process alone in any case.
  /// - Throws: ``Refusal``.
  package func removalRight(
    live: Bool, _ sources: LivenessSources = LivenessSources()
  ) throws(Refusal) -> any RemovalRight {
    guard live, probeLiveness(sources) != .offline else { return SharedHold(try hold(sources)) }
    return SharedLiveHold(try holdLive(sources))
  }
}
