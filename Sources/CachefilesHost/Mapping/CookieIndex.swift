// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore

/// The kernel's cookies by volume and key, as far as they say something of a copy: those in use, and of network file
/// systems whose coherency data the status of a file does not tell also those at rest.
package struct CookieIndex: Sendable {
  private struct Place: Hashable {
    var volume: UInt32
    var key: [UInt8]
  }

  private var cookies: [Place: CachedFileFacts.Cookie] = [:]

  /// No cookies.
  package init() {}

  /// Reads the kernel's table.
  ///
  /// - Throws: ``StoreError`` when it exists and cannot be read.
  init(_ view: KernelView) throws(StoreError) {
    var silent: Set<UInt32> = []
    for line in view.volumes?.rows ?? [] where NetfsType(volumeKey: line.key.span).comparesVersion {
      silent.insert(line.volume)
    }
    var found: [Place: CachedFileFacts.Cookie] = [:]
    _ = try view.forEachCookie { line in
      guard line.state != .quiescent || silent.contains(line.volume) else { return }
      found[Place(volume: line.volume, key: line.key)] = CachedFileFacts.Cookie(
        state: line.state, coherency: line.coherency)
    }
    cookies = found
  }

  /// The cookie of a file in a volume.
  func cookie(volume: UInt32?, key: [UInt8]) -> CachedFileFacts.Cookie? {
    volume.flatMap { cookies[Place(volume: $0, key: key)] }
  }
}
