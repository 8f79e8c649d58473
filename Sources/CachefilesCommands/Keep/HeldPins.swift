// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import CachefilesUpkeep
import LinuxIO

/// The pins of a cache, as a removal honours them from its beginning to its end.
final class HeldPins: Sendable {
  private let store: Store
  private let given: ByteArgument?
  private let isIgnored: Bool
  private let cache = PinCache()

  /// Those that the options name, of an open cache.
  init(_ options: PinOptions, of store: borrowing Store) throws(Failure) {
    self.store = try store.copy()
    given = options.pins
    isIgnored = options.ignoresPins
  }

  /// What is pinned now, the same value as long as the file is the same; nil where nothing is. A file that is there and cannot be
  /// read, or is damaged, or is gone, stops the removal: what it was to keep is not known.
  func read() throws(Failure) -> PinnedObjects? {
    isIgnored ? nil : try cache.load(given, of: store)
  }

  /// Watches over those that were read.
  func watch(over pinned: PinnedObjects?) -> PinWatch {
    PinWatch {
      do throws(Failure) { return try self.read() === pinned } catch { return false }
    }
  }
}
