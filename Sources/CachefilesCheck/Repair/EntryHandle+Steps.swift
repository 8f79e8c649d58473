// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// Making the changes that a journal names, to an entry that was looked at just before.
extension EntryHandle {
  /// Makes a change.
  ///
  /// - Throws: `Errno`; ESTALE when the entry is not the one that the step is about.
  func perform(_ step: JournalStep, _ finder: EntryFinder) throws(Errno) {
    guard status.inode == step.inode else { throw .staleNFSFileHandle }
    switch step.change {
    case .move(let destination, _): try move(to: destination, finder)
    case .remove:
      finder.forget(path)
      try remove()
    case .setAttribute(_, let new): try Self.setAttribute(new, of: open(.inspect))
    case .setFlags(_, let new): try open(.inspect).setInodeFlags(InodeFlags(rawValue: new))
    case .setMode(_, let new): try Self.setAccess(new, of: open(.inspect))
    case .setTimes(_, let new): try open(.inspect).setTimes(new)
    case .truncate(_, let new, _, let times):
      let file = try open(.write)
      try file.truncate(to: Int64(clamping: new))
      // With its old times an undo can tell it from one that was written since.
      try file.setTimes(times)
    case .makeDirectory: throw .fileExists
    }
  }

  /// Sets the cache attribute; nil removes it.
  static func setAttribute(_ value: JournalBytes?, of entry: borrowing OwnedDescriptor) throws(Errno) {
    if let value {
      try entry.setAttribute(CacheAttribute.name, to: value.bytes)
    } else {
      try entry.removeAttribute(CacheAttribute.name)
    }
  }

  /// Sets owner and mode.
  static func setAccess(_ access: JournalStep.Access, of entry: borrowing OwnedDescriptor) throws(Errno) {
    // A change of the owner clears some bits of the mode, so it comes first.
    try entry.setOwner(access.owner, group: access.group)
    try entry.setPermissions(access.mode)
  }

  /// Whether it is the very entry of a step: by inode, time of birth and handle, as far as each is kept.
  func isSubject(of step: JournalStep) -> Bool {
    guard status.inode == step.inode else { return false }
    if let handle = step.facts?.handle, !path.isRoot, let now = fileHandle, JournalBytes(now) != handle { return false }
    guard let before = step.birth, let birth else { return true }
    return before == birth
  }
}

extension EntryFinder {
  /// Makes the change of a step, whose entry is found by its path.
  func perform(_ step: JournalStep) throws(Errno) {
    if case .makeDirectory = step.change {
      guard let name = step.path.name else { throw .invalidArgument }
      return try directory(step.path.parent).value.makeDirectory(name, permissions: 0o700)
    }
    guard let entry = try find(step.path) else { throw .noSuchFileOrDirectory }
    try entry.perform(step, self)
  }
}
