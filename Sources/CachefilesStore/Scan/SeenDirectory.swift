// SPDX-License-Identifier: Apache-2.0
package import LinuxIO
package import SystemPackage

/// A directory below the root as it was seen: the way to it, and which directory stood at each step.
package struct SeenDirectory: Sendable, Equatable {
  /// One directory of the way.
  package struct Step: Sendable, Equatable {
    /// Its name in the one above.
    package var name: EntryName
    /// Its file system and its inode number there.
    package var device: UInt64
    package var inode: UInt64

    /// Makes a step.
    package init(name: EntryName, device: UInt64, inode: UInt64) {
      self.name = name
      self.device = device
      self.inode = inode
    }
  }

  /// The way from the root; empty for the root itself.
  package var steps: [Step]

  /// Makes a way.
  package init(steps: [Step]) { self.steps = steps }

  /// Goes the way as it is now, and takes note of what stands on it.
  ///
  /// - Throws: `Errno`; ENOTDIR or ELOOP for a symbolic link, EXDEV where something is mounted.
  package init(_ names: [EntryName], below root: borrowing OwnedDescriptor) throws(Errno) {
    steps = []
    var current = try root.duplicate()
    let device = try root.status().device
    for name in names {
      current = try current.open(name, .directory)
      let status = try current.status()
      guard status.device == device, !status.isMountPoint else { throw .improperLink }
      steps.append(Step(name: name, device: status.device, inode: status.inode))
    }
  }

  /// Opens the directory from the root down, one name at a time. No link is followed, and each step must lead to the directory
  /// that was seen there.
  ///
  /// - Throws: `Errno`; ESTALE where another directory stands, EXDEV where something is mounted, ENOTDIR or ELOOP for a link.
  package func open(below root: borrowing OwnedDescriptor) throws(Errno) -> OwnedDescriptor {
    var current = try root.duplicate()
    for step in steps {
      current = try current.open(step.name, .directory)
      let status = try current.status()
      guard !status.isMountPoint else { throw .improperLink }
      guard status.device == step.device, status.inode == step.inode else { throw .staleNFSFileHandle }
    }
    return current
  }
}
