// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import CachefilesUpkeep
import LinuxIO
import Synchronization

/// Whether the pins that some work began with are still those that hold: what is pinned while it goes on stays too. For one thread at a
/// time.
final class PinWatch: Sendable {
  /// The file is asked for no more often than this.
  static let interval = Duration.seconds(1)

  private let read: @Sendable () throws(SettingsFailure) -> PinnedObjects?
  private let pinned: PinnedObjects?
  private let state = Guarded<(asked: ContinuousClock.Instant, isOutdated: Bool)>((.now, false))

  /// Watches pins.
  ///
  /// - Parameter read: gives the pins that hold now, the same object as long as they are the same.
  init(_ pinned: PinnedObjects?, _ read: @escaping @Sendable () throws(SettingsFailure) -> PinnedObjects?) {
    self.pinned = pinned
    self.read = read
  }

  /// Whether there are others now, or they cannot be read. It stays so.
  var isOutdated: Bool {
    let isDue = state.withLock { state in
      guard !state.isOutdated, .now - state.asked >= Self.interval else { return false }
      state.asked = .now
      return true
    }
    if isDue {
      let isSame: Bool
      do throws(SettingsFailure) { isSame = try read() === pinned } catch { isSame = false }
      if !isSame { state.withLock { $0.isOutdated = true } }
    }
    return state.withLock { $0.isOutdated }
  }
}
