// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import LinuxIO
import SystemPackage

/// Removes objects that were found to be wrong: of a cache that nobody holds by unlinking them, of one in use with the kernel's leave.
///
/// Each is looked at again first: its inode and its record must be those that were compared. The kernel keeps an object in use for
/// some seconds after the last use of its file, and reading the file to compare it was one: what is in use is asked for again.
struct WrongObjectRemoval {
  /// The right to remove.
  let right: any RemovalRight
  let side: CacheSide
  /// So long objects in use are asked for again.
  let patience: Duration
  /// Called for each thing that failed.
  let onFailure: @Sendable (StoreError) -> Void
  let isCancelled: @Sendable () -> Bool

  /// Removes objects.
  ///
  /// - Returns: what became of each.
  /// - Throws: ``Refusal`` when nothing more may be removed; what came of those before is lost to the caller, and stands in the cache.
  func run(_ objects: [WrongObject]) throws(Refusal) -> [VerifiedFile.Removal] {
    let work = SharedWork(self)
    let results = try right.withRemovers(threads: 1) { work.run(objects, $0) }
    guard let result = results.first else { return [] }
    return result
  }

  /// The same, for the thread that removes.
  private final class SharedWork: Sendable {
    private let removal: WrongObjectRemoval

    init(_ removal: WrongObjectRemoval) { self.removal = removal }

    func run(_ objects: [WrongObject], _ remover: any EntryRemover) -> [VerifiedFile.Removal] {
      let watch = Stopwatch()
      var answers: [VerifiedFile.Removal] = objects.map { removal.remove($0, remover) }
      while answers.contains(.inUse), removal.right.isLive, watch.elapsed < removal.patience, !removal.isCancelled() {
        Pause.microseconds(500_000)
        for index in answers.indices where answers[index] == .inUse {
          answers[index] = removal.remove(objects[index], remover)
        }
      }
      return answers
    }
  }

  private func remove(_ object: WrongObject, _ remover: any EntryRemover) -> VerifiedFile.Removal {
    let path = object.path.bytes(below: side.path)
    do throws(Errno) {
      guard let name = object.path.name else { return .failed }
      let node = try side.store.node(above: object.path)
      let directory = try remover.directory(node)
      let status = try directory.value.status(of: name)
      guard status.inode == object.inode, status.device == object.device, status.kind == .regular,
        try directory.value.open(name, .inspect).attribute(CacheAttribute.name) == object.attribute
      else { return .changed }
      switch try answer(name, SeenFile(status), node, remover) {
      case .removed: return .removed
      case .inUse: return .inUse
      case .changed: return .changed
      case .failed(let error): throw error
      }
    } catch {
      if error == .noSuchFileOrDirectory || error == .staleNFSFileHandle { return .changed }
      onFailure(StoreError(path: path, operation: "remove", error: error))
      return .failed
    }
  }

  /// What came of a removal. The end of the right to remove is the end of all that follows: EBUSY.
  private func answer(
    _ name: EntryName, _ seen: SeenFile, _ node: DirectoryNode, _ remover: any EntryRemover
  ) throws(Errno) -> RemovalAnswer {
    do throws(Refusal) { return try remover.remove(name, seen, in: node) } catch {
      onFailure(StoreError(path: side.path, operation: "remove anything more", error: .resourceBusy, note: "\(error)"))
      throw .resourceBusy
    }
  }
}
