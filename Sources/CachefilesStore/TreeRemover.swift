import LinuxIO
import SystemPackage

/// Removes a directory with everything in it, from its parent's descriptor: the one place of the store that deletes.
///
/// It follows no link, enters no mount point, and holds one descriptor a level. Used for what the program itself made.
enum TreeRemover {
  /// Removes an entry, whatever it is. What cannot be removed stays; the result tells whether all is gone.
  @discardableResult
  static func remove(_ name: EntryName, in parent: borrowing OwnedDescriptor) -> Bool {
    do throws(Errno) {
      let status = try parent.status(of: name)
      guard status.kind == .directory else {
        try parent.unlink(name)
        return true
      }
      guard !status.isMountPoint else { return false }
      if status.permissions & 0o700 != 0o700 { try parent.setPermissions(of: name, 0o700) }
      let directory = try parent.open(name, .directory)
      guard try directory.status().inode == status.inode else { return false }
      let isEmpty = empty(directory)
      try parent.removeDirectory(name)
      return isEmpty
    } catch {
      return error == .noSuchFileOrDirectory
    }
  }

  /// Removes everything in a directory.
  private static func empty(_ directory: borrowing OwnedDescriptor) -> Bool {
    let buffer = DirectoryBuffer(capacity: 32 << 10)
    var isEmpty = true
    while let filled = try? buffer.fill(from: directory), filled {
      var names: [EntryName] = []
      buffer.forEach { record in if let name = record.entryName { names.append(name) } }
      for name in names where !remove(name, in: directory) { isEmpty = false }
    }
    return isEmpty
  }
}
