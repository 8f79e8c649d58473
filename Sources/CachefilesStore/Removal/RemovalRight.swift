package import LinuxIO
package import SystemPackage

/// The right to remove entries of one cache, whoever gave it: the lock on a cache that nobody holds, or the kernel's leave for
/// one in use. A command says what goes; this knows how.
package protocol RemovalRight: AnyObject, Sendable {
  /// Whether a kernel holds the cache: then things come and go meanwhile, and what is in use stays.
  var isLive: Bool { get }

  /// Asked before each change.
  ///
  /// - Throws: ``Refusal/stopped(_:)`` when the right has ended.
  func checkStillHeld() throws(Refusal)

  /// The same at once, between two stages of work.
  func requireStillHeld() throws(Refusal)

  /// Runs a body on threads from which entries can be removed, at most so many, and collects what they return.
  func withRemovers<R: Sendable>(
    threads: Int, _ body: @escaping @Sendable (any EntryRemover) -> R
  ) throws(Refusal) -> [R]
}

/// Removes entries, one at a time, from the thread that it was made for.
package protocol EntryRemover {
  /// Removes a file if it still is the one that was looked at.
  ///
  /// - Throws: ``Refusal/stopped(_:)`` when nothing more can be removed.
  func remove(_ name: EntryName, _ seen: SeenFile, in directory: DirectoryNode) throws(Refusal) -> RemovalAnswer

  /// What would come of a removal, as far as that is known without one.
  func ask(_ name: EntryName, in directory: DirectoryNode) throws(Refusal) -> RemovalAnswer
}

/// What became of an entry that was to go.
package enum RemovalAnswer: Sendable, Equatable {
  /// It is gone.
  case removed
  /// The kernel uses it; it stays.
  case inUse
  /// It had gone before, or is not what was looked at any more.
  case changed
  /// It could not be removed.
  case failed(Errno)

  package init(_ error: Errno) {
    switch error {
    case .noSuchFileOrDirectory, .staleNFSFileHandle: self = .changed
    default: self = .failed(error)
    }
  }
}
