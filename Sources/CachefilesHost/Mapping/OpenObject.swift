// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
package import LinuxIO
import SystemPackage

/// The object of a file, open, with what it was like when it was opened. Its access time stays as it is.
package final class OpenObject: Sendable {
  /// The file, open for reading.
  package let file: OwnedDescriptor
  /// What it was like.
  package let status: FileStatus
  /// Its cache attribute; nil where it has none.
  package let attribute: [UInt8]?
  private let parent: SharedDescriptor
  private let place: FileMapping.Place

  /// The path below the cache directory: `cache/I…/@xx/…`.
  package var path: CachePath { CachePath(joining: place.components) }

  /// Opens the object in a place past the page cache, so that what the disk has is compared, which is what a kernel serves; where the
  /// file system refuses that it is read as usual.
  ///
  /// - Parameters:
  ///   - place: where it is.
  ///   - parent: its fanout directory.
  /// - Throws: `Errno`.
  init(_ place: FileMapping.Place, in parent: SharedDescriptor) throws(Errno) {
    file = try Self.open(place.name, parent)
    status = try file.status()
    attribute = try file.attribute(CacheAttribute.name)
    self.parent = parent
    self.place = place
  }

  private static func open(_ name: EntryName, _ parent: SharedDescriptor) throws(Errno) -> OwnedDescriptor {
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
    guard let now = try? parent.value.status(of: place.name), now.inode == status.inode, now.device == status.device,
      let value = try? file.attribute(CacheAttribute.name)
    else { return false }
    return value == attribute
  }
}
