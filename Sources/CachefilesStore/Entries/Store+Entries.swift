import CachefilesFormat
package import LinuxIO
package import SystemPackage

/// Reaching an entry by its path below the root: one component at a time, no link followed, no mount point entered.
extension Store {
  /// Calls a closure with the directory that an entry stands in, and the entry's name there.
  ///
  /// - Parameter path: the path below the root; not empty.
  package func withParent<R>(
    of path: [UInt8], _ body: (borrowing OwnedDescriptor, EntryName) throws(Errno) -> R
  ) throws(Errno) -> R {
    let components = path.split(separator: UInt8(ascii: "/")).map { EntryName(Array($0)) }
    guard let last = components.last, let name = last else { throw .invalidArgument }
    var directory = try root.duplicate()
    for component in components.dropLast() {
      guard let component else { throw .invalidArgument }
      directory = try directory.open(component, .directory)
      try check(try directory.status())
    }
    return try body(directory, name)
  }

  /// Calls a closure with an open entry; the root directory for an empty path.
  package func withEntry<R>(
    _ path: [UInt8], _ mode: OwnedDescriptor.Mode, _ body: (borrowing OwnedDescriptor) throws(Errno) -> R
  ) throws(Errno) -> R {
    if path.isEmpty { return try body(root) }
    return try withParent(of: path) { (parent, name) throws(Errno) -> R in
      let entry = try parent.open(name, mode)
      try check(try entry.status())
      return try body(entry)
    }
  }

  /// The status of an entry, nil when there is none. Throws for everything else.
  package func status(ofEntry path: [UInt8]) throws(Errno) -> FileStatus? {
    if path.isEmpty { return try root.status() }
    do throws(Errno) {
      return try withParent(of: path) { (parent, name) throws(Errno) -> FileStatus in try parent.status(of: name) }
    } catch {
      guard error == .noSuchFileOrDirectory || error == .notDirectory else { throw error }
      return nil
    }
  }

  /// Gives an entry another name, never over something else.
  package func move(_ path: [UInt8], to destination: [UInt8], inode: UInt64) throws(Errno) {
    try withParent(of: path) { (parent, name) throws(Errno) in
      try withParent(of: destination) { (directory, newName) throws(Errno) in
        let status = try parent.status(of: name)
        guard status.inode == inode else { throw .staleNFSFileHandle }
        if status.isMountPoint { throw .resourceBusy }
        try parent.rename(name, to: directory, newName)
      }
    }
  }

  /// EXDEV for what is on another file system.
  private func check(_ status: FileStatus) throws(Errno) {
    if status.device != rootStatus.device || status.isMountPoint { throw .improperLink }
  }
}

extension [UInt8] {
  /// The path of the directory above; empty for an entry of the root.
  package var parentPath: [UInt8] { Array(self[..<(lastIndex(of: UInt8(ascii: "/")) ?? startIndex)]) }

  /// The paths of all directories above, the nearest last, without the root.
  package var ancestorPaths: [[UInt8]] {
    indices.filter { self[$0] == UInt8(ascii: "/") }.map { Array(self[..<$0]) }
  }

  /// The number of components.
  package var pathDepth: Int { isEmpty ? 0 : count { $0 == UInt8(ascii: "/") } + 1 }
}
