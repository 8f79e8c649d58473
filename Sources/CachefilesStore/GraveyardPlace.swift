// SPDX-License-Identifier: Apache-2.0
package import LinuxIO
package import SystemPackage

/// What stands where the graveyard of a cache belongs.
package enum GraveyardPlace: Sendable, Equatable {
  /// The graveyard.
  case directory
  /// Nothing: the kernel makes it at bind (`cachefiles_get_directory`, fs/cachefiles/namei.c).
  case nothing
  /// Something else, with which no kernel can bind the cache.
  case other(FileStatus.Kind)
  /// It cannot be looked at, so that nothing is known of what it holds.
  case unknown(Errno)

  /// Looks at it, in the open root of a cache.
  init(in root: borrowing OwnedDescriptor) {
    do throws(Errno) {
      let kind = try root.status(of: Store.graveyardName).kind
      self = kind == .directory ? .directory : .other(kind)
    } catch {
      self = error == .noSuchFileOrDirectory ? .nothing : .unknown(error)
    }
  }
}
