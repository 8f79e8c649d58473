// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
package import LinuxIO
package import SystemPackage

/// An open cache directory.
///
/// ```
/// <root>/          what the daemon's configuration calls `dir`
///   cache/         live objects
///   graveyard/     directories on their way out
/// ```
///
/// The root is opened once; everything else is reached from its descriptor. Mirrors what `cachefiles_add_cache`
/// (fs/cachefiles/cache.c) looks up at bind.
package struct Store: ~Copyable, Sendable {
  /// The path that was opened, for messages.
  package let path: [UInt8]
  /// The root directory.
  package let root: OwnedDescriptor
  /// The status of the root directory.
  package let rootStatus: FileStatus
  /// What stands where the graveyard belongs.
  package let graveyard: GraveyardPlace

  /// The name of the directory of live objects.
  package static let cacheName = EntryName("cache")
  /// The name of the directory of dead directories.
  package static let graveyardName = EntryName("graveyard")

  /// Opens a cache directory.
  ///
  /// - Throws: ``OpeningFailure`` when it cannot be read or has no `cache` directory.
  package init(path: FilePath) throws(OpeningFailure) {
    let root = try Self.openRoot(path)
    try Self.checkCache(in: root, path: path.bytes)
    self = try Store(root, path: path.bytes)
  }

  /// Opens a cache directory that may be damaged, to check it: one of `cache` and `graveyard` is enough, of any kind.
  ///
  /// - Throws: ``OpeningFailure`` when it cannot be read or has neither of the two.
  package init(damaged path: FilePath) throws(OpeningFailure) {
    let root = try Self.openRoot(path)
    let hasPart = [Self.cacheName, Self.graveyardName].contains { name in
      do throws(Errno) {
        _ = try root.status(of: name)
        return true
      } catch {
        return error != .noSuchFileOrDirectory
      }
    }
    guard hasPart else {
      throw .notACache(path: path.bytes, missing: "it has neither a 'cache' nor a 'graveyard' directory")
    }
    self = try Store(root, path: path.bytes)
  }

  /// Takes an open root directory whose `cache` has been looked at.
  package init(_ root: consuming OwnedDescriptor, path: [UInt8]) throws(OpeningFailure) {
    let rootStatus = try Self.status(of: root, path: path)
    self.rootStatus = rootStatus
    graveyard = GraveyardPlace(in: root)
    self.path = path
    self.root = root
  }

  /// Takes over what another value knows of the same directory.
  init(_ root: consuming OwnedDescriptor, path: [UInt8], _ rootStatus: FileStatus, graveyard: GraveyardPlace) {
    self.rootStatus = rootStatus
    self.graveyard = graveyard
    self.path = path
    self.root = root
  }

  private static func openRoot(_ path: FilePath) throws(OpeningFailure) -> OwnedDescriptor {
    do throws(Errno) {
      return try OwnedDescriptor(directory: path)
    } catch {
      throw .unreadable(
        StoreError(path: path.bytes, operation: "open the directory", error: error, note: hint(error)))
    }
  }

  /// Makes sure that there is a `cache` directory.
  package static func checkCache(in root: borrowing OwnedDescriptor, path: [UInt8]) throws(OpeningFailure) {
    do throws(Errno) {
      _ = try root.open(cacheName, .directory)
    } catch {
      switch error {
      case .noSuchFileOrDirectory: throw .notACache(path: path, missing: "it has no 'cache' directory")
      case .notDirectory, .tooManySymbolicLinkLevels:
        throw .notACache(path: path, missing: "its 'cache' is not a directory, so no kernel can bind it")
      default:
        throw .unreadable(
          StoreError(
            path: path.appending(component: cacheName.bytes), operation: "open the directory", error: error,
            note: hint(error)))
      }
    }
  }

  private static func status(
    of descriptor: borrowing OwnedDescriptor, path: [UInt8]
  ) throws(OpeningFailure) -> FileStatus {
    do throws(Errno) {
      return try descriptor.status()
    } catch {
      throw .unreadable(StoreError(path: path, operation: "look at", error: error))
    }
  }

  /// How many files the file system holds: no scan of a part of it can come across more. Nil where it does not tell.
  package var usedFiles: Int? {
    do throws(Errno) {
      let status = try root.fileSystem()
      return status.files > status.freeFiles ? Int(clamping: status.files - status.freeFiles) : nil
    } catch {
      return nil
    }
  }

  /// Whether nothing of ours may be made in a directory: it lies in this cache, or in another one.
  package func forbids(_ directory: borrowing OwnedDescriptor) throws(Errno) -> Bool {
    if try Containment.isAtOrBelow(directory, root) { return true }
    return try Containment.isInSomeCache(directory)
  }

  /// What to know about a refusal.
  package static func hint(_ error: Errno) -> String? {
    switch error {
    case .notPermitted: "only its owner or root can read it without disturbing access times"
    case .permissionDenied: "caches belong to root"
    default: nil
    }
  }

  /// Which layouts the entries of `cache/` have, judged by their names.
  ///
  /// - Throws: ``StoreError`` when `cache/` cannot be listed.
  package func generation() throws(StoreError) -> FormatGeneration {
    var generation = FormatGeneration.empty
    try forEachCacheEntry { name, _ in
      if let layout = FormatGeneration(topLevelName: name) { generation = generation.combined(with: layout) }
    }
    return generation
  }

  /// Whether there are trees of the layout before Linux 5.17.
  ///
  /// - Throws: ``StoreError`` when `cache/` cannot be listed.
  package func hasLegacyTree() throws(StoreError) -> Bool {
    switch try generation() {
    case .legacy, .mixed: true
    case .volumes, .empty: false
    }
  }

  /// Calls a closure for the name and kind of each entry of `cache/`, in the order of the file system.
  ///
  /// - Throws: ``StoreError`` when `cache/` cannot be listed.
  package func forEachCacheEntry(_ body: (Span<UInt8>, FileStatus.Kind) -> Void) throws(StoreError) {
    let buffer = DirectoryBuffer(capacity: 64 << 10)
    do throws(Errno) {
      // A second descriptor, so that the position of the first stays.
      let directory = try root.open(Self.cacheName, .directory)
      while try buffer.fill(from: directory) {
        buffer.forEach { record in body(record.name, record.kind) }
      }
    } catch {
      throw StoreError(path: path.appending(component: Self.cacheName.bytes), operation: "list", error: error)
    }
  }
}

extension Store {
  /// Whether there is a volume of one of some network file systems (of any when there are none) whose key passes a test.
  ///
  /// - Throws: ``StoreError`` when `cache` cannot be listed.
  package func hasVolume(
    of types: Set<NetfsType> = [], where matches: ((_ key: [UInt8]) -> Bool)? = nil
  ) throws(StoreError) -> Bool {
    var isFound = false
    try forEachCacheEntry { name, _ in
      guard !isFound, let key = VolumeName.key(ofName: name), matches?(key) ?? true else { return }
      isFound = types.isEmpty || types.contains(NetfsType(volumeKey: key.span))
    }
    return isFound
  }
}

extension [UInt8] {
  /// A path with a path below it.
  package func appending(path: [UInt8]) -> [UInt8] { path.isEmpty ? self : appending(component: path) }

  /// A path with one more component.
  package func appending(component: [UInt8]) -> [UInt8] {
    var path = self
    if path.last != UInt8(ascii: "/") { path.append(UInt8(ascii: "/")) }
    return path + component
  }
}
