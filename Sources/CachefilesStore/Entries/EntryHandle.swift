// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import LinuxIO
package import SystemPackage

/// An entry of a cache that was found once: the directory that it stands in, open, its name there, and what it was like.
///
/// Whatever is done to the entry is done by its name in that directory, so that no path is resolved again, and only after one
/// more look: ``lookAgain()`` says ESTALE when something else has the name by then.
package struct EntryHandle {
  /// The path by which it was found.
  package let path: CachePath
  /// What it was like at the last look.
  package private(set) var status: FileStatus
  /// When it was made; nil where that is not kept.
  package let birth: Timestamp?
  /// The directory that it stands in; for the root of the cache, the root itself.
  package let directory: SharedDescriptor
  /// Its name there; nil for the root.
  let name: EntryName?
  /// The device of the cache's root.
  private let device: UInt64

  /// Looks at an entry of an open directory.
  ///
  /// - Parameter name: nil for the root, which is the directory itself.
  /// - Throws: `Errno`; ENOENT when there is none.
  init(path: CachePath, _ name: EntryName?, in directory: SharedDescriptor, onDevice device: UInt64) throws(Errno) {
    self.path = path
    self.device = device
    self.name = name
    self.directory = directory
    (status, birth) =
      if let name { try directory.value.statusWithBirth(of: name) } else { try directory.value.statusWithBirth() }
  }

  /// Looks at it once more.
  ///
  /// - Throws: `Errno`; ESTALE when another inode has the name.
  package mutating func lookAgain() throws(Errno) {
    let now = if let name { try directory.value.status(of: name) } else { try directory.value.status() }
    guard now.inode == status.inode, now.device == status.device else { throw .staleNFSFileHandle }
    status = now
  }

  /// Opens it.
  ///
  /// - Throws: `Errno`; ESTALE when another inode has the name, EXDEV when something is mounted on it.
  package func open(_ mode: OwnedDescriptor.Mode) throws(Errno) -> OwnedDescriptor {
    guard let name else { return try directory.value.reopen() }
    let entry = try directory.value.open(name, mode)
    let now = try entry.status()
    guard now.inode == status.inode else { throw .staleNFSFileHandle }
    if now.isMountPoint || now.device != device { throw .improperLink }
    return entry
  }

  /// Reads its cache attribute; what the buffer holds is good until the next read into it. Absent for the root and for what is
  /// neither file nor directory, which have none.
  package func readAttribute(into buffer: AttributeBuffer) -> AttributeReading {
    guard let name, status.kind == .regular || status.kind == .directory else { return .absent }
    return directory.value.attribute(CacheAttribute.name, of: name, into: buffer)
  }

  /// The file system's handle of it; nil where the file system has none.
  package var fileHandle: MountedHandle? {
    if let name { try? directory.value.mountedHandle(of: name) } else { try? directory.value.mountedHandle() }
  }

  /// Gives it another path, never over something else. It was just looked at.
  ///
  /// - Throws: `Errno`; EBUSY when something is mounted on it, EEXIST when the path is taken.
  package func move(to destination: CachePath, _ finder: EntryFinder) throws(Errno) {
    guard let name, let newName = destination.name else { throw .invalidArgument }
    if status.isMountPoint { throw .resourceBusy }
    finder.forget(path)
    try directory.value.rename(name, to: finder.directory(destination.parent).value, newName)
  }

  /// Removes an empty directory.
  ///
  /// - Throws: what `rmdir(2)` says.
  package func removeDirectory() throws(Errno) {
    guard let name else { throw .invalidArgument }
    try directory.value.removeDirectory(name)
  }
}
