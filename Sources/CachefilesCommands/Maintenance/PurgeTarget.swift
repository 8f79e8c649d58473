// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep
import LinuxIO
import SystemPackage

/// Which cache, and what of it.
struct PurgeTarget {
  let selection: PurgeSelection
  private let path: FilePath
  /// The directory that an object's path has before `cache`, where DIR was given too: it must be the same.
  private var claimed: [UInt8]?
  private let given: [UInt8]

  init(_ command: PurgeCommand) throws(Failure) {
    given = command.object?.bytes ?? []
    guard let object = command.object else {
      path = try command.store.path()
      if command.legacy {
        selection = .legacy
      } else if let server = command.server {
        selection = .volumes(server.matches)
      } else if let volume = command.volume {
        selection = .volumes(VolumeGlob(volume.bytes).matches)
      } else {
        selection = .all
      }
      return
    }
    let locations = EntryPath.forms(object.bytes).compactMap {
      ObjectLocation($0) ?? EntryPath.belowRoot($0).flatMap(ObjectLocation.init)
    }
    var places: [(location: ObjectLocation, root: FilePath)] = []
    for location in locations { places.append((location, try Self.root(of: location, command))) }
    let known = places.first { Self.exists(FilePath(bytes: $0.root.bytes.appending(path: $0.location.path))) }
    guard let (location, root) = known ?? places.first else {
      throw Failure(
        "\(EscapedBytes.string(object.bytes)): not the path of an object: cache/I…/@xx/name, or volume/name")
    }
    selection = .object(location.path)
    path = root
    if command.store.directory != nil, !location.root.isEmpty { claimed = location.root }
  }

  private static func root(of location: ObjectLocation, _ command: PurgeCommand) throws(Failure) -> FilePath {
    if command.store.directory != nil { return try command.store.path() }
    if !location.root.isEmpty { return FilePath(bytes: location.root) }
    // As other commands print it: below the directory where one stands, or the cache of this machine.
    return exists(FilePath(bytes: location.path)) ? "." : try command.store.path()
  }

  private static func exists(_ path: FilePath) -> Bool { (try? FileStatus.of(path)) != nil }

  func open() throws(Failure) -> Store {
    let store: Store
    do throws(OpeningFailure) { store = try Store(path: path) } catch { throw Failure(error.description) }
    guard let claimed else { return store }
    do throws(Errno) {
      if try store.isRoot(FilePath(bytes: claimed)) { return store }
    } catch {
      throw Failure("\(EscapedBytes.string(claimed)): cannot open the directory: \(error)")
    }
    throw Failure("\(EscapedBytes.string(given)): not in the cache directory \(EscapedBytes.string(store.path))")
  }
}
