// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO
import SystemPackage

/// Where the two directories of a copy lie: neither may be the other, or be inside it.
enum CopyPlaces {
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
    var isNew = false
    let destination = try open(path, &isNew)
    let status = try destination.status()
    if !isNew, status.device == source.rootStatus.device, status.inode == source.rootStatus.inode {
      return "it is the source itself"
    }
    if try Containment.isAtOrBelow(destination, source.root) { return "it lies inside the source" }
    if !isNew, try Containment.isAtOrBelow(source.root, destination) { return "the source lies inside it" }
    return nil
  }

  /// Sees to it that nothing is made in a cache that is there.
  ///
  /// - Throws: ``CopyRefusal`` when the directory lies in one, or when a directory cannot be looked at.
  static func checkSurroundings(of path: FilePath) throws(CopyRefusal) {
    var isInside = false
    do throws(Errno) {
      isInside = try Containment.isInSomeCache(path)
    } catch {
      throw .failed(StoreError(path: path.bytes, operation: "look at", error: error))
    }
    if isInside { throw .unusable(path: path.bytes, reason: "it lies inside another cache") }
  }

  /// The directory, or the one that it will be made in.
  private static func open(_ path: FilePath, _ isNew: inout Bool) throws(Errno) -> OwnedDescriptor {
    do throws(Errno) {
      return try OwnedDescriptor(directory: path, keepsAccessTime: false)
    } catch {
      guard error == .noSuchFileOrDirectory else { throw error }
      isNew = true
      return try OwnedDescriptor(directory: NewFile.parent(of: path), keepsAccessTime: false)
    }
  }
}
