// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import LinuxIO
import SystemPackage

/// The server's side of one file: open where its bytes can be read, and what the mount tells of it now.
final class ServerFile {
  /// Read for the bytes.
  private let bytes: OwnedDescriptor
  /// The cached mount's own file, which tells size and times; the same as `bytes` but for another mount.
  private let own: SharedDescriptor?
  /// The file as the server has it now.
  let file: ObservedFile

  /// Opens a file that was found.
  ///
  /// - Parameter other: where to read, when not the file itself.
  /// - Throws: `Errno`; ESTALE when another file has the path, EINVAL where the file system does not read directly.
  init(_ found: ObservedFile, _ other: OtherMount?) throws(Errno) {
    let path = FilePath(bytes: found.path)
    guard let other else {
      bytes = try OwnedDescriptor(reading: path, direct: true)
      own = nil
      file = try Self.observe(bytes, found)
      return
    }
    let mine = try OwnedDescriptor(reading: path, direct: false)
    file = try Self.observe(mine, found)
    guard let mount = found.mount, let resolved = mine.resolvedPath, let path = other.path(of: resolved, on: mount)
    else {
      throw .staleNFSFileHandle
    }
    own = SharedDescriptor(mine)
    bytes = try OwnedDescriptor(reading: FilePath(bytes: path), direct: other.isDirect)
    let (there, here) = (try bytes.mountedStatus(isFresh: true), file.facts)
    guard there.kind == .regular, there.size == here.size, there.modified.seconds == here.modified.seconds,
      there.modified.nanoseconds == here.modified.nanoseconds
    else { throw .staleNFSFileHandle }
    if !other.isDirect { bytes.dropCachedPages(from: 0, count: 0) }
  }

  private static func observe(
    _ descriptor: borrowing OwnedDescriptor, _ found: ObservedFile
  ) throws(Errno) -> ObservedFile {
    var now = found
    let facts = FileFacts(try descriptor.mountedStatus(isFresh: true))
    guard facts.fileType == FileFacts.regular, facts.inode == found.facts.inode, facts.device == found.facts.device
    else {
      throw .staleNFSFileHandle
    }
    now.facts.size = facts.size
    now.facts.modified = facts.modified
    now.facts.changed = facts.changed
    now.facts.created = facts.created
    return now
  }

  /// Whether the server still says the same of it.
  func isUnchanged() throws(Errno) -> Bool {
    let status: MountedStatus
    if let own {
      status = try own.value.mountedStatus(isFresh: true)
    } else {
      status = try bytes.mountedStatus(isFresh: true)
    }
    let now = FileFacts(status)
    return now.size == file.facts.size && now.modified == file.facts.modified && now.changed == file.facts.changed
  }

  /// Reads the server's bytes; fewer than needed only at the end of the file.
  ///
  /// - Throws: `Errno` of the server.
  func read(into buffer: AlignedBuffer, at offset: UInt64, needed: Int) throws(Errno) -> Int {
    try bytes.read(into: buffer, at: offset, needed: needed)
  }
}
