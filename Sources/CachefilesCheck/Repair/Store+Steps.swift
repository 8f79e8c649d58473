import CachefilesFormat
import CachefilesStore
import LinuxIO
import SystemPackage

/// Making the changes that a journal names. Each looks at the entry once more just before.
extension Store {
  /// Makes a change. ESTALE when the entry is no longer the one that the step is about.
  func perform(_ step: JournalStep) throws(Errno) {
    switch step.change {
    case .move(let destination, _): try move(step.path.bytes, to: destination.bytes, inode: step.inode)
    case .makeDirectory:
      try withParent(of: step.path.bytes) { (parent, name) throws(Errno) in
        try parent.makeDirectory(name, permissions: 0o700)
      }
    case .remove:
      try withParent(of: step.path.bytes) { (parent, name) throws(Errno) in
        guard try parent.status(of: name).inode == step.inode else { throw .staleNFSFileHandle }
        if let error = TreeRemover.remove(name, in: parent) { throw error }
      }
    case .setAttribute(_, let new): try inEntry(step) { (entry) throws(Errno) in try Self.setAttribute(new, of: entry) }
    case .setFlags(_, let new):
      try inEntry(step) { (entry) throws(Errno) in try entry.setInodeFlags(InodeFlags(rawValue: new)) }
    case .setMode(_, let new): try inEntry(step) { (entry) throws(Errno) in try Self.setAccess(new, of: entry) }
    case .setTimes(_, let new): try inEntry(step) { (entry) throws(Errno) in try entry.setTimes(new) }
    case .truncate(_, let new, _, let times):
      try inEntry(step, .write) { (entry) throws(Errno) in
        try entry.truncate(to: Int64(clamping: new))
        // With its old times an undo can tell it from one that was written since.
        try entry.setTimes(times)
      }
    }
  }

  /// Calls a closure with the entry of a step, if it still is the same.
  func inEntry(
    _ step: JournalStep, _ mode: OwnedDescriptor.Mode = .inspect,
    _ body: (borrowing OwnedDescriptor) throws(Errno) -> Void
  ) throws(Errno) {
    try withEntry(step.path.bytes, mode) { (entry) throws(Errno) in
      guard try entry.status().inode == step.inode else { throw .staleNFSFileHandle }
      try body(entry)
    }
  }

  static func setAttribute(_ value: JournalBytes?, of entry: borrowing OwnedDescriptor) throws(Errno) {
    if let value {
      try entry.setAttribute(CacheAttribute.name, to: value.bytes)
    } else {
      try entry.removeAttribute(CacheAttribute.name)
    }
  }

  static func setAccess(_ access: JournalStep.Access, of entry: borrowing OwnedDescriptor) throws(Errno) {
    // A change of the owner clears some bits of the mode, so it comes first.
    try entry.setOwner(access.owner, group: access.group)
    try entry.setPermissions(access.mode)
  }

  /// The step with what identifies its entry, and what that is like now.
  func withFacts(_ step: JournalStep, _ buffer: AttributeBuffer) -> JournalStep {
    guard step.inode != 0, !step.path.bytes.isEmpty else { return step }
    var step = step
    _ = try? withParent(of: step.path.bytes) { (parent, name) throws(Errno) in
      step.birth = try? parent.birthTime(of: name)
      step.facts = try EntryFacts(of: name, in: parent, buffer)
    }
    return step
  }

  /// What an entry is like; nil when there is none.
  func facts(ofEntry path: [UInt8], _ buffer: AttributeBuffer) throws(Errno) -> EntryFacts? {
    do throws(Errno) {
      return try withParent(of: path) { (parent, name) throws(Errno) -> EntryFacts in
        try EntryFacts(of: name, in: parent, buffer)
      }
    } catch {
      guard error == .noSuchFileOrDirectory || error == .notDirectory else { throw error }
      return nil
    }
  }

  /// The file system's handle of the root directory; nil where it has none.
  var rootHandle: JournalBytes? { (try? root.mountedHandle()).map { JournalBytes($0) } }

  /// When an entry was made; nil where that is not kept.
  private func birthTime(ofEntry path: [UInt8]) throws(Errno) -> Int64? {
    if path.isEmpty { return try root.birthTime() }
    return try withParent(of: path) { (parent, name) throws(Errno) -> Int64? in try parent.birthTime(of: name) }
  }

  /// Whether what stands at a path is the very entry of a step: by inode, time of birth and handle, as far as each is kept.
  func holds(_ path: [UInt8], _ step: JournalStep) throws(Errno) -> Bool {
    guard try status(ofEntry: path)?.inode == step.inode else { return false }
    if let handle = step.facts?.handle, !path.isEmpty {
      let now = try withParent(of: path) { (parent, name) throws(Errno) in EntryFacts.handle(of: name, in: parent) }
      if let now, now != handle { return false }
    }
    guard let birth = step.birth, let now = try birthTime(ofEntry: path) else { return true }
    return birth == now
  }
}
