import LinuxIO
import SystemPackage

/// A hold that several threads work under; it ends with the last of them.
final class SharedHold: RemovalRight {
  /// The cache.
  let cache: ExclusiveCache

  init(_ cache: consuming ExclusiveCache) { self.cache = cache }

  var isLive: Bool { false }
  func checkStillHeld() throws(Refusal) { try cache.checkStillFree() }
  func requireStillHeld() throws(Refusal) { try cache.requireStillFree() }

  func withRemovers<R: Sendable>(
    threads: Int, _ body: @escaping @Sendable (any EntryRemover) -> R
  ) throws(Refusal) -> [R] {
    Workers.run(count: threads) { _ in body(ExclusiveRemover(hold: self)) }
  }
}

/// Removes entries of a cache that nobody holds, by `unlink(2)`.
private struct ExclusiveRemover: EntryRemover {
  let hold: SharedHold

  func remove(_ name: EntryName, _ seen: SeenFile, in directory: DirectoryNode) throws(Refusal) -> RemovalAnswer {
    try hold.checkStillHeld()
    do throws(Errno) {
      try TreeRemover.remove(name, seen, in: try directory.descriptor().value)
      return .removed
    } catch {
      return RemovalAnswer(error)
    }
  }

  func ask(_ name: EntryName, in directory: DirectoryNode) throws(Refusal) -> RemovalAnswer { .removed }
}
