// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import LinuxIO
import SystemPackage

/// One entry that a scan came across. It lives only while the visitor looks at it; nothing is copied.
package struct ScanEntry: ~Escapable {
  /// What it is, by its place.
  package let place: EntryPlace
  // The scan holds both for as long as an entry can live. To count references to them for each entry, from several
  // threads in the same words of memory, was half the user time of a scan; what visitors ask of them for each object
  // therefore stands beside them, as values.
  private unowned(unsafe) let node: DirectoryNode
  private unowned(unsafe) let scannedVolume: ScannedVolume?
  /// What is asked of its volume for each object, where it belongs to one.
  package let volumeTraits: VolumeTraits?
  /// The number of the fanout directory it stands in, where it stands in one.
  package let fanout: UInt8?
  /// The name.
  package let name: Span<UInt8>
  /// What `statx` tells.
  package let status: FileStatus
  /// The inode number in the directory's record, where the entry was found by one.
  package let recordInode: UInt64
  /// How the read of the cache attribute went; nil when attributes were not asked for, or not for such entries.
  package let attribute: AttributeReading?
  /// The attribute's value where it was read; empty otherwise.
  package let attributeValue: Span<UInt8>

  @inline(__always)
  @_lifetime(copy name, copy value)
  package init(
    place: EntryPlace, directory: DirectoryNode, volume: ScannedVolume?, name: Span<UInt8>, status: FileStatus,
    attribute: AttributeReading?, value: Span<UInt8>, recordInode: UInt64? = nil
  ) {
    self.place = place
    node = directory
    scannedVolume = volume
    volumeTraits = volume?.traits
    fanout = directory.fanout
    self.name = name
    self.status = status
    self.recordInode = recordInode ?? status.inode
    self.attribute = attribute
    attributeValue = value
  }

  /// The directory it stands in; for the root directory itself.
  package var directory: DirectoryNode { node }
  /// The volume it belongs to, where it belongs to one.
  package var volume: ScannedVolume? { scannedVolume }

  /// Whether it is the root directory.
  package var isRoot: Bool { place == .root }

  /// The path as bytes, from the root's path on.
  package var path: [UInt8] { isRoot ? directory.path : directory.path.appending(component: name.array) }

  /// The path below the root.
  package var cachePath: CachePath { isRoot ? .root : directory.cachePath.appending(name.array) }

  /// Opens the entry to look at it, without changing its access time.
  ///
  /// - Throws: ``StoreError``, for a symbolic link ELOOP, for what is no longer the file that was scanned ESTALE.
  package func open() throws(StoreError) -> OwnedDescriptor {
    do throws(Errno) {
      guard let entryName = EntryName(name.array) else { throw .invalidArgument }
      let file = try directory.descriptor().value.open(entryName, .inspect)
      let now = try file.status()
      guard now.inode == status.inode, now.kind == status.kind else { throw .staleNFSFileHandle }
      return file
    } catch {
      throw StoreError(path: path, operation: "open", error: error)
    }
  }
}
