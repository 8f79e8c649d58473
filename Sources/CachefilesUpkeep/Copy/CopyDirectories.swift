// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import Synchronization
import SystemPackage

/// The volumes of the destination that a copy goes into. Few of them are open at a time: there can be more volumes than
/// descriptors.
final class CopyDirectories: Sendable {
  /// At most so many directories of volumes are held open; one that is in use stays open until it is let go.
  static let openLimit = 32

  private struct State {
    /// The volumes by their keys, without those that were left out, each with the inode of its directory.
    var volumes: [[UInt8]: UInt64] = [:]
    /// Those that are open.
    var open: [[UInt8]: SharedDescriptor] = [:]
    /// Their keys, the one that was opened first at the beginning.
    var order: [[UInt8]] = []

    mutating func hold(_ key: [UInt8], _ directory: SharedDescriptor) {
      guard open.updateValue(directory, forKey: key) == nil else { return }
      order.append(key)
      if order.count > CopyDirectories.openLimit { open[order.removeFirst()] = nil }
    }
  }

  private let state = Guarded(State())

  /// Remembers a volume of the destination.
  func add(_ volume: ScannedVolume, _ directory: SharedDescriptor) throws(Errno) {
    let inode = try directory.value.status().inode
    state.withLock { state in
      state.volumes[volume.key] = inode
      state.hold(volume.key, directory)
    }
  }

  /// Whether a volume was not left out.
  func contains(_ volume: ScannedVolume) -> Bool { state.withLock { $0.volumes[volume.key] != nil } }

  /// The directory of a volume in the destination, opened again where it was let go; nil when the volume was left out.
  ///
  /// - Throws: `Errno`; ESTALE when another directory has taken its place.
  func directory(
    of volume: ScannedVolume, in cache: borrowing OwnedDescriptor
  ) throws(Errno) -> SharedDescriptor? {
    let (inode, held) = state.withLock { ($0.volumes[volume.key], $0.open[volume.key]) }
    guard let inode else { return nil }
    if let held { return held }
    guard let name = EntryName([VolumeName.prefix] + volume.key) else { throw .invalidArgument }
    let directory = SharedDescriptor(try cache.open(name, .directory))
    guard try directory.value.status().inode == inode else { throw .staleNFSFileHandle }
    state.withLock { $0.hold(volume.key, directory) }
    return directory
  }
}

extension CopyDestination {
  /// A directory of the destination, and whether it was made just now.
  struct Opened {
    var directory: SharedDescriptor
    var isNew: Bool
  }

  /// Opens a directory of the copy. Where there is none it is made with the attributes, owner and mode of another one,
  /// and appears with all of them or not at all.
  ///
  /// - Throws: ``CopyFault``; nothing half made is left, unless all calls fail.
  func directory(
    _ name: EntryName, in parent: borrowing OwnedDescriptor, like source: borrowing OwnedDescriptor
  ) throws(CopyFault) -> Opened {
    if let existing = try existing(name, in: parent) { return Opened(directory: existing, isNew: false) }
    let status = try CopyFault.attempt(.source, "look at") { () throws(Errno) in try source.status() }
    let staged = stagingEntry()
    do throws(CopyFault) {
      let made = try make(staged)
      try Self.copyProperties(of: source, status, to: made)
      try place(staged, in: parent, name)
    } catch {
      TreeRemover.remove(staged, in: staging)
      throw error
    }
    return Opened(directory: try placed(name, in: parent), isNew: true)
  }

  /// The same with properties that an archive tells.
  func directory(
    _ name: EntryName, in parent: borrowing OwnedDescriptor, _ properties: CopyProperties
  ) throws(CopyFault) -> Opened {
    if let existing = try existing(name, in: parent) { return Opened(directory: existing, isNew: false) }
    let staged = stagingEntry()
    do throws(CopyFault) {
      let made = try make(staged)
      try properties.give(to: made)
      try place(staged, in: parent, name)
    } catch {
      TreeRemover.remove(staged, in: staging)
      throw error
    }
    return Opened(directory: try placed(name, in: parent), isNew: true)
  }

  private func make(_ name: EntryName) throws(CopyFault) -> OwnedDescriptor {
    try CopyFault.attempt(.destination, "make the directory") { () throws(Errno) in
      try staging.makeDirectory(name, permissions: 0o700)
      return try staging.open(name, .directory)
    }
  }

  private func place(
    _ staged: EntryName, in parent: borrowing OwnedDescriptor, _ name: EntryName
  ) throws(CopyFault) {
    try CopyFault.attempt(.destination, "make the directory") { () throws(Errno) in
      try staging.rename(staged, to: parent, name)
    }
  }

  private func placed(_ name: EntryName, in parent: borrowing OwnedDescriptor) throws(CopyFault) -> SharedDescriptor {
    guard let made = try existing(name, in: parent) else {
      throw CopyFault(side: .destination, operation: "open the directory", error: .noSuchFileOrDirectory)
    }
    return made
  }

  /// A directory that is there; nil when there is none.
  private func existing(
    _ name: EntryName, in parent: borrowing OwnedDescriptor
  ) throws(CopyFault) -> SharedDescriptor? {
    do throws(Errno) {
      let directory = try parent.open(name, .directory)
      let status = try directory.status()
      if status.isMountPoint || status.device != store.rootStatus.device { throw .improperLink }
      return SharedDescriptor(directory)
    } catch {
      if error == .noSuchFileOrDirectory { return nil }
      throw CopyFault(
        side: .destination, operation: "open the directory", error: error,
        note: error == .improperLink ? "something is mounted there" : nil)
    }
  }

  /// Gives a file the user attributes, the owner and the mode of another one.
  static func copyProperties(
    of source: borrowing OwnedDescriptor, _ status: FileStatus, to file: borrowing OwnedDescriptor
  ) throws(CopyFault) {
    try CopyFault.attempt(.destination, "copy the attributes to") { () throws(Errno) in
      try AttributeCopy.copyUserAttributes(from: source, to: file)
    }
    let made = try CopyFault.attempt(.destination, "look at") { () throws(Errno) in try file.status() }
    if made.owner != status.owner || made.group != status.group {
      try CopyFault.attempt(.destination, "set the owner of") { () throws(Errno) in
        try file.setOwner(status.owner, group: status.group)
      }
    }
    try CopyFault.attempt(.destination, "set the mode of") { () throws(Errno) in
      try file.setPermissions(status.permissions)
    }
  }
}
