// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep
import LinuxIO
import Synchronization
import SystemPackage

/// The pins of a cache, read again when their file has changed. A file that was there and is gone is no list without pins: what it kept
/// is not known any more.
final class PinCache: Sendable {
  private struct Known {
    var path: FilePath
    var inode: UInt64
    var modified: Timestamp
    /// A pipe has given what it had, and nobody changes that.
    var isRead: Bool
    var pins: PinnedObjects
  }

  private let known = Guarded<Known?>(nil)
  /// What can be done where the file is gone.
  private let advice: String

  /// Nothing is known yet.
  init(advice: String = "") { self.advice = advice }

  /// The pins of a cache.
  ///
  /// - Parameter file: the file that was named, if one was.
  func load(_ file: ByteArgument?, of store: borrowing Store) throws(Failure) -> PinnedObjects? {
    try load(try PinPlace.existing(file, of: store))
  }

  /// The pins in a file; nil where there is none and was none.
  func load(_ place: PinPlace?) throws(Failure) -> PinnedObjects? {
    guard let place else { return try missing() }
    let status = try? FileStatus.of(place.path)
    if let status, let same = known.withLock({ $0 }), same.path == place.path, same.inode == status.inode,
      same.isRead || same.modified == status.modification
    {
      return same.pins
    }
    guard let list = try place.load() else { return try missing() }
    let pins = PinnedObjects(list)
    if let status {
      let now = Known(
        path: place.path, inode: status.inode, modified: status.modification, isRead: status.kind != .regular,
        pins: pins)
      known.withLock { $0 = now }
    }
    return pins
  }

  /// No pins, where there were none.
  private func missing() throws(Failure) -> PinnedObjects? {
    guard let path = known.withLock({ $0?.path }) else { return nil }
    throw Failure("\(EscapedBytes.string(path.bytes)): the pins that were there are gone\(advice)")
  }
}
