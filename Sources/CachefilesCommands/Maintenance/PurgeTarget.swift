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
    guard let location = ObjectLocation(object.bytes) ?? EntryPath.belowRoot(object.bytes).flatMap(ObjectLocation.init)
    else {
      throw Failure(
        "\(EscapedBytes.string(object.bytes)): not the path of an object: cache/I…/@xx/name, or volume/name")
    }
    selection = .object(location.path)
    if command.store.directory == nil {
      if !location.root.isEmpty {
        path = FilePath(bytes: location.root)
      } else {
        // As other commands print it: below the directory where one stands, or the cache of this machine.
        let isHere = (try? FileStatus.of(FilePath(bytes: location.path))) != nil
        path = isHere ? "." : try command.store.path()
      }
    } else {
      path = try command.store.path()
      if !location.root.isEmpty { claimed = location.root }
    }
  }

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
