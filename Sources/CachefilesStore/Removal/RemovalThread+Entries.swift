// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO
import SystemPackage

/// What a thread does with the entries of a directory that it is in.
extension RemovalThread {
  /// Removes what is no directory and notes the directories, until enough of them wait.
  mutating func read(_ node: DeadDirectory, _ directory: borrowing OwnedDescriptor) {
    let known = node.known
    let chooses = node.parent == nil ? remover.options.chooses : nil
    let (remover, buffer) = (remover, buffer)
    do throws(Errno) {
      while try buffer.fill(from: directory) {
        var directories: [EntryName] = []
        let before = tally.removed
        buffer.forEachByInode { record in
          if remover.isEnding { return }
          if !known.isEmpty, let name = record.entryName, known.contains(name) { return }
          do throws(Errno) {
            if let chooses, try !chooses(record, directory) {
              tally.passedOver += 1
              return
            }
            let isDirectory = record.kind == .directory ? true : try !remove(record, in: directory)
            if isDirectory, let name = record.entryName { directories.append(name) }
          } catch {
            if error != .noSuchFileOrDirectory { fail(record, error, node) }
          }
        }
        remover.progress.add(tally.removed - before)
        if !node.add(directories, removed: tally.removed - before) || remover.isEnding {
          return node.endReading(isComplete: false)
        }
      }
    } catch {
      if error != .noSuchFileOrDirectory { fail(node.path(), error) }
    }
    node.endReading(isComplete: true)
  }

  /// Removes an entry of a directory; false when it turns out to be a directory.
  @inline(__always)
  private mutating func remove(
    _ record: borrowing DirectoryRecord, in directory: borrowing OwnedDescriptor
  ) throws(Errno) -> Bool {
    if mode == .count, record.kind != .unknown {
      count(0)
      return true
    }
    let status = try record.status(in: directory)
    if status.kind == .directory { return false }
    if status.isMountPoint { throw .resourceBusy }
    if mode == .pretend { try checkFlags(status) }
    if status.links > 1 {
      guard let name = record.entryName else { throw .invalidArgument }
      try removeLinked(name, in: directory)
      return true
    }
    if mode == .remove {
      do throws(Errno) {
        try record.unlink(in: directory)
      } catch {
        guard error == .notPermitted, let name = record.entryName else { throw error }
        try unlinkFlagged(name, status, in: directory)
      }
    }
    count(status.allocatedBytes)
    return true
  }

  /// Removes what was taken for a directory and cannot be entered as one. True when it is gone.
  mutating func removeOther(
    _ entry: DeadDirectory, _ node: DeadDirectory, _ directory: borrowing OwnedDescriptor, _ reason: Errno
  ) -> Bool {
    var error = reason
    if error == .notDirectory || error == .tooManySymbolicLinkLevels {
      do throws(Errno) {
        let status = try directory.status(of: entry.name)
        if status.isMountPoint { throw .resourceBusy }
        try removeLinked(entry.name, in: directory)
        return true
      } catch let second {
        error = second
      }
    }
    if error == .noSuchFileOrDirectory { return true }
    tally.left += 1
    fail(node.path(of: entry.name.bytes), error)
    return false
  }

  private mutating func removeLinked(_ name: EntryName, in directory: borrowing OwnedDescriptor) throws(Errno) {
    let bytes = try remover.removeLinked { () throws(Errno) -> (FileStatus, isRemoved: Bool) in
      let status = try directory.status(of: name)
      guard mode == .remove else { return (status, false) }
      try unlink(name, status, in: directory)
      return (status, true)
    }
    count(bytes)
  }

  private func unlink(
    _ name: EntryName, _ status: FileStatus, in directory: borrowing OwnedDescriptor
  ) throws(Errno) {
    do throws(Errno) {
      try directory.unlink(name)
    } catch {
      guard error == .notPermitted else { throw error }
      try unlinkFlagged(name, status, in: directory)
    }
  }

  /// Removes a file that flags protect, where that was asked for.
  private func unlinkFlagged(
    _ name: EntryName, _ status: FileStatus, in directory: borrowing OwnedDescriptor
  ) throws(Errno) {
    guard remover.options.clearsFlags, status.kind == .regular else { throw .notPermitted }
    let file = try directory.open(name, .inspect)
    guard try file.status().inode == status.inode else { throw .staleNFSFileHandle }
    let flags = try file.inodeFlags()
    try Self.clearFlags(of: file)
    do throws(Errno) {
      try directory.unlink(name)
    } catch {
      try? file.setInodeFlags(flags)
      throw error
    }
    // Under another name it lives on, as it was.
    if status.links > 1 { try file.setInodeFlags(flags) }
  }

  /// What a removal would run into.
  func checkFlags(_ status: FileStatus) throws(Errno) {
    if !remover.options.clearsFlags, status.isImmutable || status.isAppendOnly { throw .notPermitted }
  }

  static func clearFlags(of file: borrowing OwnedDescriptor) throws(Errno) {
    let flags = try file.inodeFlags()
    let cleared = flags.subtracting([.immutable, .appendOnly])
    if cleared != flags { try file.setInodeFlags(cleared) }
  }

  @inline(__always)
  mutating func count(_ bytes: UInt64) {
    tally.removed += 1
    tally.freedBytes &+= bytes
  }

  private mutating func fail(_ record: borrowing DirectoryRecord, _ error: Errno, _ node: DeadDirectory) {
    tally.left += 1
    if let name = record.entryName { node.keep(name) }
    fail(node.path(of: record.name.array), error)
  }

  mutating func fail(_ path: [UInt8], _ error: Errno) {
    tally.errors += 1
    if tally.firstError == nil { tally.firstError = error }
    remover.options.onFailure(path, error, Self.note(error))
  }

  private static func note(_ error: Errno) -> String? {
    switch error {
    case .resourceBusy: "something is mounted there, or a kernel holds it"
    case .improperLink: "it is on another file system"
    case .notPermitted:
      CurrentProcess.user == 0 ? RemovalAnswer.flagWords : "\(RemovalAnswer.flagWords), or belongs to somebody else"
    case .staleNFSFileHandle: "it has been moved meanwhile"
    default: nil
    }
  }
}
