import LinuxIO
import SystemPackage

/// Where the two directories of a copy lie: neither may be the other, or be inside it.
enum CopyPlaces {
  /// Which directory it is.
  private struct Identity: Equatable {
    var device: UInt64
    var inode: UInt64

    init(_ status: FileStatus) {
      device = status.device
      inode = status.inode
    }
  }

  /// Compares the source, and all directories above it, with the destination, and the other way round.
  ///
  /// - Throws: ``CopyRefusal`` when one lies in the other, or when a directory cannot be looked at.
  static func check(_ path: FilePath, besides source: borrowing Store) throws(CopyRefusal) {
    var reason: String?
    do throws(Errno) { reason = try obstacle(path, source) } catch {
      throw .failed(StoreError(path: path.bytes, operation: "look at", error: error))
    }
    if let reason { throw .unusable(path: path.bytes, reason: reason) }
  }

  private static func obstacle(_ path: FilePath, _ source: borrowing Store) throws(Errno) -> String? {
    let sourceIdentity = Identity(source.rootStatus)
    var isNew = false
    let destination = try open(path, &isNew)
    let destinationIdentity = Identity(try destination.status())
    if !isNew, destinationIdentity == sourceIdentity { return "it is the source itself" }
    if try isAtOrBelow(destination, sourceIdentity) { return "it lies inside the source" }
    if !isNew, try isAtOrBelow(source.root, destinationIdentity) { return "the source lies inside it" }
    return nil
  }

  /// The directory, or the one that it will be made in.
  private static func open(_ path: FilePath, _ isNew: inout Bool) throws(Errno) -> OwnedDescriptor {
    do throws(Errno) {
      return try OwnedDescriptor(directory: path, keepsAccessTime: false)
    } catch {
      guard error == .noSuchFileOrDirectory else { throw error }
      isNew = true
      let parent = path.removingLastComponent()
      return try OwnedDescriptor(directory: parent.isEmpty ? "." : parent, keepsAccessTime: false)
    }
  }

  /// Whether a directory, or one above it, is the given one.
  private static func isAtOrBelow(_ directory: borrowing OwnedDescriptor, _ wanted: Identity) throws(Errno) -> Bool {
    var current = try directory.duplicate()
    var identity = Identity(try current.status())
    while identity != wanted {
      let above = try current.openParent(.place)
      let next = Identity(try above.status())
      // The root directory is above itself.
      if next == identity { return false }
      identity = next
      current = above
    }
    return true
  }
}
