// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import Synchronization
package import SystemPackage

/// A cache that no kernel holds and no other program of this package changes, for as long as this value lives. Whatever changes
/// a cache that is not in use borrows one.
///
/// The lock is an advisory one on the root directory (`flock(2)`); it leaves nothing on the disk. A kernel takes no notice of it,
/// so that during long work it is asked again and again whether the cache has come up: ``checkStillFree()``.
package struct ExclusiveCache: ~Copyable, Sendable {
  /// The cache.
  package let store: Store
  private let sources: LivenessSources
  /// The refusal that ended all changes; whoever asks has it.
  private let refusal = Guarded<Refusal?>(nil)
  private let watch = Stopwatch()
  /// Changes that may be made before the kernel is asked again.
  private let left = Atomic<Int>(changeInterval)
  /// When it was asked last, in milliseconds of ``watch``.
  private let lastAnswer = Atomic<Int>(0)

  /// After so many changes the kernel is asked again.
  static let changeInterval = 64
  /// And when the last answer is so many milliseconds old.
  static let timeInterval = 1000

  /// Takes the lock, and nothing else.
  fileprivate init(locking store: borrowing Store, _ sources: LivenessSources) throws(Refusal) {
    let own: Store
    do throws(Errno) { own = try store.duplicate() } catch { throw .lockFailed(error) }
    let isFree: Bool
    do throws(Errno) { isFree = try own.root.lock() } catch { throw .lockFailed(error) }
    guard isFree else { throw sources.lockRefusal(of: own.root) }
    self.store = own
    self.sources = sources
  }

  deinit { store.root.unlock() }

  /// Asked before each change, by any thread: whether the cache is still free. The kernel is asked after every
  /// ``changeInterval`` changes, and when the last answer is older than ``timeInterval``. Until it has answered no thread
  /// changes anything, and once it has refused none does again.
  ///
  /// - Throws: ``Refusal/stopped(_:)``.
  package func checkStillFree() throws(Refusal) {
    let isDue = left.subtract(1, ordering: .relaxed).oldValue <= 0
    guard isDue || isOld else { return }
    try refusal.withLock { (refusal) throws(Refusal) in
      // Another thread may have asked while this one waited for its turn.
      if refusal == nil, !isOld, left.subtract(1, ordering: .relaxed).oldValue > 0 { return }
      try ask(&refusal)
    }
  }

  /// The same at once, whatever was asked before: between two stages of work.
  ///
  /// - Throws: ``Refusal/stopped(_:)``.
  package func requireStillFree() throws(Refusal) {
    try refusal.withLock { (refusal) throws(Refusal) in try ask(&refusal) }
  }

  private var isOld: Bool { watch.milliseconds - lastAnswer.load(ordering: .relaxed) >= Self.timeInterval }

  private func ask(_ refusal: inout Refusal?) throws(Refusal) {
    refusal = refusal ?? Refusal(store.probeLiveness(sources))
    if let refusal { throw .stopped(refusal) }
    lastAnswer.store(watch.milliseconds, ordering: .relaxed)
    left.store(Self.changeInterval - 1, ordering: .relaxed)
  }
}

extension Store {
  /// Takes the cache for changes.
  ///
  /// - Throws: ``Refusal`` when a kernel holds it or may hold it, when another program of this package does, or when nothing can
  ///   be changed at all.
  package func hold(_ sources: LivenessSources = LivenessSources()) throws(Refusal) -> ExclusiveCache {
    do throws(Errno) {
      if try root.fileSystem().isReadOnly { throw .readOnlyFileSystem }
    } catch {
      throw error == .readOnlyFileSystem ? .readOnly : .lockFailed(error)
    }
    return try holdUnchanged(sources)
  }

  /// Why nothing could be buried now, for a dry run; nil where nothing is in the way.
  package var obstacleToBurials: String? {
    do throws(Errno) {
      if try root.fileSystem().isReadOnly { return Refusal.readOnly.description }
      _ = try root.open(Self.graveyardName, .directory)
      return nil
    } catch {
      // It is made where it is missing.
      return error == .noSuchFileOrDirectory ? nil : "nothing can be put into its graveyard: \(error)"
    }
  }

  /// Takes the cache so that nobody else changes it; it may stand on a read-only mount.
  package func holdUnchanged(_ sources: LivenessSources) throws(Refusal) -> ExclusiveCache {
    if let refusal = Refusal(probeLiveness(sources)) { throw refusal }
    return try ExclusiveCache(locking: self, sources)
  }

  /// Takes the lock before the kernel can be asked, as a copy does that has to put something into an empty cache first. The
  /// caller calls ``ExclusiveCache/requireStillFree()`` before anything else is changed.
  package func lockUnasked(_ sources: LivenessSources) throws(Refusal) -> ExclusiveCache {
    try ExclusiveCache(locking: self, sources)
  }

  /// Another value of the same open directory.
  package func duplicate() throws(Errno) -> Store {
    Store(try root.duplicate(), path: path, rootStatus, graveyard: graveyard)
  }
}
