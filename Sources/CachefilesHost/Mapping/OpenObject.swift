// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
package import LinuxIO
import SystemPackage

/// The object of a file, open, with what it was like when it was opened. Its access time stays as it is.
package final class OpenObject: Sendable {
  /// The file, open for reading.
  package let file: OwnedDescriptor
  /// The path below the cache directory: `cache/I…/@xx/…`.
  package let path: CachePath
  /// What it was like.
  package let status: FileStatus
  /// Its cache attribute; nil where it has none.
  package let attribute: [UInt8]?
  private let parent: SharedDescriptor
  private let name: EntryName

  /// Opens an object by its name in its fanout directory.
  ///
  /// - Parameter isDirect: whether to read past the page cache, so that what the disk has is compared, which is what a kernel serves;
  ///   where the file system refuses that it is read as usual.
  /// - Throws: `Errno`.
  init(_ name: EntryName, in parent: SharedDescriptor, path: [[UInt8]], direct isDirect: Bool) throws(Errno) {
    file = try Self.open(name, parent, isDirect)
    status = try file.status()
    attribute = try file.attribute(CacheAttribute.name)
    self.path = CachePath(joining: path)
    self.parent = parent
    self.name = name
  }

  private static func open(
    _ name: EntryName, _ parent: SharedDescriptor, _ isDirect: Bool
  ) throws(Errno) -> OwnedDescriptor {
    guard isDirect else { return try parent.value.open(name, .inspect) }
    do throws(Errno) {
      return try parent.value.open(name, .inspectDirect)
    } catch {
      guard error == .invalidArgument else { throw error }
      return try parent.value.open(name, .inspect)
    }
  }

  /// Whether its name still stands for it and its record is the one that was read. Its data may grow meanwhile: the kernel fills
  /// holes.
  package var isUnchanged: Bool {
    guard let now = try? parent.value.status(of: name), now.inode == status.inode, now.device == status.device,
      let value = try? file.attribute(CacheAttribute.name)
    else { return false }
    return value == attribute
  }
}
