// SPDX-License-Identifier: Apache-2.0
package import LinuxIO
package import SystemPackage

/// Removes entries of a cache in use, with the kernel's leave.
///
/// The kernel acts in the working directory of the thread that gives the command and checks nothing of it. Therefore: the
/// directory is opened from the root, without following a link, and each step compared with what was seen there, or was so before
/// and still stands there (``KeptDirectories``); the thread, which shares its working directory with no other, goes to that
/// descriptor and never to a path; the entry is looked at once more; and then the kernel gets a name without a slash. Whatever
/// happens to names meanwhile, the command acts in the directory that was checked.
package struct LiveRemover: EntryRemover {
  private let cache: SharedLiveHold
  private let here: WorkingDirectory
  private let kept: KeptDirectories

  init(_ cache: SharedLiveHold, in here: WorkingDirectory) throws(Errno) {
    self.cache = cache
    self.here = here
    kept = KeptDirectories(SharedDescriptor(try cache.live.store.root.duplicate()), cache.live.store.rootStatus)
  }

  package func directory(_ node: DirectoryNode) throws(Errno) -> SharedDescriptor { try kept.open(node) }

  package func remove(
    _ name: EntryName, _ seen: SeenFile, in directory: DirectoryNode
  ) throws(Refusal) -> RemovalAnswer {
    let open: SharedDescriptor
    do throws(Errno) { open = try kept.open(directory) } catch { return RemovalAnswer(error) }
    return try give(.cull, name, in: open.value) { (status) throws(Errno) in
      guard seen.matches(status) else { throw .staleNFSFileHandle }
      if status.isMountPoint || status.device != seen.device { throw .resourceBusy }
    }
  }

  package func ask(_ name: EntryName, in directory: DirectoryNode) throws(Refusal) -> RemovalAnswer {
    let open: SharedDescriptor
    do throws(Errno) { open = try kept.open(directory) } catch { return RemovalAnswer(error) }
    return try give(.inuse, name, in: open.value) { (status) throws(Errno) in
      if status.protectingFlag != nil { throw .notPermitted }
    }
  }

  /// Removes a file or a directory with all that is in it, if it still has the inode that was seen. A directory goes to the
  /// graveyard, which the kernel does only where nothing is in its way: where a rename fails it gives the cache up.
  package func remove(_ name: EntryName, inode: UInt64, in way: SeenDirectory) throws(Refusal) -> RemovalAnswer {
    let open: SharedDescriptor
    do throws(Errno) { open = SharedDescriptor(try way.open(below: cache.live.store.root)) } catch {
      return RemovalAnswer(error)
    }
    return try give(.cull, name, in: open.value) { (status) throws(Errno) in
      guard status.inode == inode else { throw .staleNFSFileHandle }
      if status.isMountPoint || status.device != cache.live.store.rootStatus.device { throw .resourceBusy }
      if status.protectingFlag != nil { throw .notPermitted }
      if status.kind == .directory { try requireGraveyard() }
    }
  }

  /// Sees to it that a directory can be moved to the graveyard.
  private func requireGraveyard() throws(Errno) {
    let graveyard = try cache.live.store.root.status(of: Store.graveyardName)
    guard graveyard.kind == .directory, graveyard.device == cache.live.store.rootStatus.device, !graveyard.isMountPoint
    else { throw .improperLink }
    if graveyard.protectingFlag != nil { throw .notPermitted }
    // The graveyard may have to grow for one name more.
    let fileSystem = try cache.live.store.root.fileSystem()
    if fileSystem.freeBlocks < Self.spareBlocks { throw .noSpace }
  }

  /// A directory is not moved while the file system has fewer free blocks than this.
  private static let spareBlocks: UInt64 = 64

  /// Goes to a directory that was checked, has the entry looked at, and gives a command.
  private func give(
    _ command: CacheCommand, _ name: EntryName, in directory: borrowing OwnedDescriptor,
    _ check: (FileStatus) throws(Errno) -> Void
  ) throws(Refusal) -> RemovalAnswer {
    do throws(Errno) {
      try here.enter(directory)
      let (stands, status) = (try here.status(), try directory.status())
      guard stands.inode == status.inode, stands.device == status.device else { throw .staleNFSFileHandle }
      if status.protectingFlag != nil { throw .notPermitted }
      try check(try directory.status(of: name))
    } catch {
      return RemovalAnswer(error)
    }
    switch try cache.live.link.send(command, name) {
    case .done: return .removed
    case .inUse: return .inUse
    case .gone: return .changed
    case .withdrawn: throw .stopped(.withdrawn)
    case .failed(let error): return .failed(error)
    }
  }
}
