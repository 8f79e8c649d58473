// SPDX-License-Identifier: Apache-2.0
package import LinuxIO
package import SystemPackage

/// Finds entries of a cache by their paths: from the root's descriptor down, one component at a time, no link followed, no
/// mount point entered. The directories that were opened last stay open, so that neighbours are found with one call.
///
/// For one thread. Whoever moves a directory says so: ``forget(_:)``.
package final class EntryFinder {
  /// So many directories stay open.
  static let limit = 24

  private let root: SharedDescriptor
  private let rootStatus: FileStatus
  /// The open directories, the one that was used last at the end.
  private var directories: [(path: CachePath, descriptor: SharedDescriptor)] = []

  /// Begins at the root of a cache.
  ///
  /// - Throws: `Errno` when no descriptor is left.
  package init(_ store: borrowing Store) throws(Errno) {
    root = SharedDescriptor(try store.root.duplicate())
    rootStatus = store.rootStatus
  }

  /// The entry at a path; nil when there is none.
  ///
  /// - Throws: `Errno`; EXDEV when something is mounted above it.
  package func find(_ path: CachePath) throws(Errno) -> EntryHandle? {
    if path.isRoot { return try EntryHandle(path: path, nil, in: root, onDevice: rootStatus.device) }
    guard let name = path.name else { throw .invalidArgument }
    do throws(Errno) {
      return try EntryHandle(path: path, name, in: directory(path.parent), onDevice: rootStatus.device)
    } catch {
      guard error == .noSuchFileOrDirectory || error == .notDirectory else { throw error }
      return nil
    }
  }

  /// What an entry is like; nil when there is none.
  package func status(_ path: CachePath) throws(Errno) -> FileStatus? {
    if let open = directories.first(where: { $0.path == path }) { return try open.descriptor.value.status() }
    return try find(path)?.status
  }

  /// A directory, open.
  ///
  /// - Throws: `Errno`; EXDEV when it is on another file system.
  package func directory(_ path: CachePath) throws(Errno) -> SharedDescriptor {
    var missing: [CachePath] = []
    var nearest = path
    while !nearest.isRoot, !use(nearest) {
      missing.append(nearest)
      nearest = nearest.parent
    }
    var current = nearest.isRoot ? root : directories[directories.count - 1].descriptor
    for next in missing.reversed() {
      guard let name = next.name else { throw .invalidArgument }
      let opened = SharedDescriptor(try current.value.open(name, .directory))
      let status = try opened.value.status()
      if status.device != rootStatus.device || status.isMountPoint { throw .improperLink }
      if directories.count == Self.limit { directories.removeFirst() }
      directories.append((next, opened))
      current = opened
    }
    return current
  }

  /// Lets go of a directory that is moved or removed, and of those below it.
  package func forget(_ path: CachePath) {
    directories.removeAll { $0.path == path || $0.path.bytes.starts(with: path.bytes + [UInt8(ascii: "/")]) }
  }

  /// Whether a directory is open; it is the one that was used last then.
  private func use(_ path: CachePath) -> Bool {
    guard let index = directories.lastIndex(where: { $0.path == path }) else { return false }
    if index != directories.count - 1 { directories.append(directories.remove(at: index)) }
    return true
  }
}
