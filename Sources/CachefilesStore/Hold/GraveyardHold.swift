// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import SystemPackage

/// The graveyard for this process alone: no sweep is at work in it, and none begins.
package struct GraveyardHold: ~Copyable {
  /// The graveyard; nil when there is none.
  private let graveyard: OwnedDescriptor?

  /// Takes it.
  ///
  /// - Throws: ``Refusal`` when a sweep is at work on it.
  package init(of store: borrowing Store) throws(Refusal) {
    do throws(Errno) {
      graveyard = try Self.lock(store)
    } catch {
      throw error == .wouldBlock ? .graveyardBusy : .unmet("cannot lock its graveyard: \(error)")
    }
  }

  /// A process that was forked meanwhile may have a copy of the descriptor: the lock is given back, not only let go.
  deinit {
    if let graveyard { graveyard.unlock() }
  }

  private static func lock(_ store: borrowing Store) throws(Errno) -> OwnedDescriptor? {
    do throws(Errno) {
      let graveyard = try store.root.open(Store.graveyardName, .directory)
      guard try graveyard.lock() else { throw .wouldBlock }
      return graveyard
    } catch {
      guard [.noSuchFileOrDirectory, .notDirectory, .tooManySymbolicLinkLevels].contains(error) else { throw error }
      return nil
    }
  }
}
