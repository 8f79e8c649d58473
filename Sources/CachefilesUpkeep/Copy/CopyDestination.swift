// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO
import Synchronization
import SystemPackage

/// The directory that a copy goes to: a cache directory, locked, not live, on a file system that can hold a cache.
struct CopyDestination: ~Copyable, Sendable {
  private let held: ExclusiveCache
  /// The directory.
  var store: Store { _read { yield held.store } }
  /// Its `cache`.
  let cache: OwnedDescriptor
  /// Where directories are made before they are moved to their places: a directory in the graveyard, which is where
  /// everything goes that a killed copy leaves behind. cachefilesd and the next copy clear it.
  let staging: OwnedDescriptor
  /// Its `graveyard`, locked: no sweep takes what is made in ``staging``.
  private let graveyard: GraveyardHold
  /// What its file system does to what is copied.
  let traits: DestinationTraits
  /// What was made for it.
  private var made: Made?
  /// Gives each directory in ``staging`` a name of its own.
  private let counter = Guarded<Int>(0)

  /// The name of the staging directory.
  static let stagingName = EntryName(".cachefiles-copy")

  private init(
    _ held: consuming ExclusiveCache, cache: consuming OwnedDescriptor, graveyard: consuming GraveyardHold,
    staging: consuming OwnedDescriptor, traits: DestinationTraits
  ) {
    self.held = held
    self.cache = cache
    self.graveyard = graveyard
    self.staging = staging
    self.traits = traits
  }

  /// What was made for a copy, to be taken away again if it cannot begin.
  private struct Made {
    let path: FilePath
    var root = false
    var parts: [EntryName] = []

    func remove() {
      if let directory = try? OwnedDescriptor(directory: path) {
        for part in parts { try? directory.removeDirectory(part) }
      }
      if root { try? OwnedDescriptor.removeDirectory(path: path) }
    }
  }

  /// Opens a directory as the destination of a copy, or makes it.
  ///
  /// - Throws: ``CopyRefusal``; then nothing that was made is left.
  static func open(
    _ path: FilePath, besides source: borrowing Store, _ sources: LivenessSources
  ) throws(CopyRefusal) -> CopyDestination {
    try CopyPlaces.check(path, besides: source)
    return try open(path, sources)
  }

  /// The same where what comes in is no directory of this machine.
  static func open(_ path: FilePath, _ sources: LivenessSources) throws(CopyRefusal) -> CopyDestination {
    try CopyPlaces.checkSurroundings(of: path)
    var made = Made(path: path)
    do throws(CopyRefusal) {
      var destination = try open(path, &made, sources)
      destination.made = made
      return destination
    } catch {
      made.remove()
      throw error
    }
  }

  private static func open(
    _ path: FilePath, _ made: inout Made, _ sources: LivenessSources
  ) throws(CopyRefusal) -> CopyDestination {
    made.root = try attempt(path, "make the directory") { () throws(Errno) in
      try OwnedDescriptor.makeDirectory(path: path, permissions: 0o700)
    }
    let root = try attempt(path, "open the directory") { () throws(Errno) in try OwnedDescriptor(directory: path) }
    if !made.root { try checkContents(of: root, path) }
    let traits = try DestinationTrial.run(in: root, path)
    for name in [Store.cacheName, Store.graveyardName] {
      let isNew = try attempt(path.appending(name), "make the directory") { () throws(Errno) in
        do throws(Errno) {
          try root.makeDirectory(name, permissions: 0o700)
          return true
        } catch {
          guard error == .fileExists else { throw error }
          return false
        }
      }
      if isNew { made.parts.append(name) }
    }
    let store: Store
    do throws(OpeningFailure) {
      try Store.checkCache(in: root, path: path.bytes)
      store = try Store(root, path: path.bytes)
    } catch {
      throw .noCache(error)
    }
    return try lock(store, path, traits, sources)
  }

  /// A directory that is neither a cache nor empty is somebody else's.
  private static func checkContents(of root: borrowing OwnedDescriptor, _ path: FilePath) throws(CopyRefusal) {
    var hasCache = false
    var others = 0
    try attempt(path, "list") { () throws(Errno) in
      let buffer = DirectoryBuffer(capacity: 8192)
      while try buffer.fill(from: root) {
        buffer.forEach { record in
          if record.name.equals("cache") { hasCache = true }
          if !record.name.equals("graveyard"), !record.name.equals("lost+found") { others += 1 }
        }
      }
    }
    if !hasCache, others > 0 {
      throw .unusable(path: path.bytes, reason: "neither empty nor a cache directory: it has no 'cache' directory")
    }
  }

  /// Takes the lock, makes sure that no kernel holds the directory, and makes the staging directory.
  private static func lock(
    _ store: consuming Store, _ path: FilePath, _ traits: DestinationTraits, _ sources: LivenessSources
  ) throws(CopyRefusal) -> CopyDestination {
    let cache = try attempt(path.appending(Store.cacheName), "open the directory") { () throws(Errno) in
      try store.root.open(Store.cacheName, .directory)
    }
    let held: ExclusiveCache
    do throws(Refusal) { held = try store.lockUnasked(sources) } catch { throw CopyRefusal(error, path.bytes) }
    let liveness = store.probeLiveness(sources)
    if liveness == .live { throw CopyRefusal(.inUse, path.bytes) }
    let graveyard: GraveyardHold
    do throws(Refusal) { graveyard = try GraveyardHold(of: store) } catch { throw CopyRefusal(error, path.bytes) }
    // An empty directory cannot be asked whether a kernel holds it. With the staging directory in it the graveyard can.
    let staging = try makeStaging(in: store, path)
    do throws(Refusal) { if liveness != .offline { try held.requireStillFree() } } catch {
      removeStaging(of: store)
      if case .stopped(let reason) = error { throw CopyRefusal(reason, path.bytes) }
      throw CopyRefusal(error, path.bytes)
    }
    return CopyDestination(held, cache: cache, graveyard: graveyard, staging: staging, traits: traits)
  }

  private static func makeStaging(
    in store: borrowing Store, _ path: FilePath
  ) throws(CopyRefusal) -> OwnedDescriptor {
    let graveyard = path.appending(Store.graveyardName)
    return try attempt(graveyard.appending(stagingName), "make the directory") { () throws(Errno) in
      let graveyard = try store.root.open(Store.graveyardName, .directory)
      // What a copy that was killed left behind.
      if let error = TreeRemover.remove(stagingName, in: graveyard) { throw error }
      try graveyard.makeDirectory(stagingName, permissions: 0o700)
      do throws(Errno) {
        let staging = try graveyard.open(stagingName, .directory)
        // Something in it: only then can the graveyard be asked whether a kernel holds it.
        try staging.makeDirectory(EntryName("probe"), permissions: 0o700)
        return staging
      } catch {
        _ = TreeRemover.remove(stagingName, in: graveyard)
        throw error
      }
    }
  }

  @discardableResult
  private static func removeStaging(of store: borrowing Store) -> Errno? {
    do throws(Errno) {
      let graveyard = try store.root.open(Store.graveyardName, .directory)
      return TreeRemover.remove(stagingName, in: graveyard)
    } catch {
      return error
    }
  }

  /// Asked before each object: whether no kernel has come up on it.
  func checkStillFree() throws(Refusal) { try held.checkStillFree() }

  /// Takes away the staging directory. The lock goes with this value.
  func close() -> StoreError? {
    let error = Self.removeStaging(of: store)
    let path = FilePath(bytes: store.path).appending(Store.graveyardName).appending(Self.stagingName)
    return error.map { StoreError(path: path.bytes, operation: "remove", error: $0) }
  }

  /// The same before anything was copied: what was made for it goes too.
  func abandon() -> StoreError? {
    let error = close()
    made?.remove()
    return error
  }

  /// A name that is not taken in the staging directory.
  func stagingEntry() -> EntryName {
    let number = counter.withLock { value in
      value += 1
      return value
    }
    guard let name = EntryName(Array(String(number).utf8)) else { preconditionFailure("digits are a name") }
    return name
  }

  private static func attempt<R: ~Copyable>(
    _ path: FilePath, _ operation: String, _ body: () throws(Errno) -> R
  ) throws(CopyRefusal) -> R {
    do throws(Errno) { return try body() } catch {
      throw .failed(StoreError(path: path.bytes, operation: operation, error: error))
    }
  }
}

extension FilePath {
  /// The path of an entry of this directory.
  func appending(_ name: EntryName) -> FilePath { FilePath(bytes: bytes.appending(component: name.bytes)) }
}
