// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
import LinuxIO
import SystemPackage

/// What the kernel uses now, put beside what lies in a cache directory: which volumes and objects are in use, which
/// cookies have no object, how many objects no cookie.
///
/// An object of a file that is open for the first time has no name until the file system lets go of it, so that a
/// cookie without an object is nothing wrong.
package struct KernelJoin: Sendable {
  /// A volume that the kernel knows.
  package struct Volume: Sendable {
    /// The volume key.
    package var key: [UInt8]
    /// Cookies that the kernel has for it now.
    package var cookies = 0
    /// Those of them that have an object in the directory.
    package var cookiesWithObject = 0
    /// Whether the directory has it.
    package var isPresent: Bool
  }

  /// The volumes that the kernel knows, in its order.
  package private(set) var volumes: [Volume] = []
  /// Paths below the root where a cookie's object would stand and none does; the first of them.
  package private(set) var missing: [[UInt8]] = []
  /// Cookies of volumes that the kernel's table does not name, or with keys that have no name.
  package private(set) var unnamedCookies = 0
  /// Lines of the tables that were not understood.
  package private(set) var unreadLines = 0
  /// What could not be looked at.
  package private(set) var failures: [StoreError] = []
  /// No more paths than this are kept in ``missing``.
  package static let missingLimit = 1000

  /// The volume that a cookie belongs to, and its directory if there is one.
  private final class Place {
    let index: Int
    let hash: KeyHash
    let directory: SharedDescriptor?

    init(index: Int, hash: KeyHash, directory: SharedDescriptor?) {
      self.index = index
      self.hash = hash
      self.directory = directory
    }
  }

  /// Reads the kernel's tables and looks for the objects of all cookies. Nil when the kernel tells no volumes.
  package init?(_ view: KernelView, _ store: borrowing Store) {
    guard let table = view.volumes else { return nil }
    unreadLines = table.unread.count
    var places: [UInt32: Place] = [:]
    for line in table.rows {
      let directory = Self.open(line.key, in: store)
      places[line.volume] = Place(index: volumes.count, hash: KeyHash(volumeKey: line.key.span), directory: directory)
      volumes.append(Volume(key: line.key, isPresent: directory != nil))
    }
    do throws(StoreError) {
      var join = self
      let unread = try view.forEachCookie { line in
        if let place = places[line.volume] { join.look(for: line.key, in: place) } else { join.unnamedCookies += 1 }
      }
      self = join
      unreadLines += unread?.count ?? 0
    } catch {
      failures.append(error)
    }
  }

  /// Cookies that the kernel has.
  package var cookies: Int { volumes.reduce(unnamedCookies) { $0 + $1.cookies } }
  /// Those of them that have an object in the directory.
  package var cookiesWithObject: Int { volumes.reduce(0) { $0 + $1.cookiesWithObject } }

  private static func open(_ key: [UInt8], in store: borrowing Store) -> SharedDescriptor? {
    guard let name = EntryName([VolumeName.prefix] + key) else { return nil }
    do throws(Errno) {
      return SharedDescriptor(try store.root.open(Store.cacheName, .directory).open(name, .directory))
    } catch {
      return nil
    }
  }

  private mutating func look(for key: [UInt8], in place: Place) {
    volumes[place.index].cookies += 1
    let fanout = KeyHash(cookieKey: key.span, in: place.hash).fanout
    let name: [UInt8]
    do throws(CookieKey.Failure) { name = try ObjectName.name(of: key) } catch {
      unnamedCookies += 1
      volumes[place.index].cookies -= 1
      return
    }
    do throws(Errno) {
      guard let volume = place.directory, let directory = EntryName(fanout.directoryName), let entry = EntryName(name)
      else { throw .noSuchFileOrDirectory }
      if try volume.value.open(directory, .directory).status(of: entry).kind == .regular {
        volumes[place.index].cookiesWithObject += 1
      }
    } catch {
      guard missing.count < Self.missingLimit else { return }
      let root: [UInt8] = Store.cacheName.bytes
      let volume = [VolumeName.prefix] + volumes[place.index].key
      missing.append(
        root.appending(component: volume).appending(component: fanout.directoryName).appending(component: name))
    }
  }
}
