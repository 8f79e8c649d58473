// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
package import CachefilesStore
package import LinuxIO
package import SystemPackage

/// What the kernel tells about caching, read from `/proc` or from a saved copy of it.
///
/// A file that does not exist is nil: another kernel, or a module that is not loaded. A copy may have the kernel's
/// layout (`fs/fscache/stats`, `self/mountinfo`), or the plain names `stats`, `caches`, `volumes`, `cookies` and
/// `mountinfo` beside each other.
package struct KernelView: Sendable {
  /// The files that are read.
  package enum File: String, Sendable, CaseIterable {
    /// `fs/fscache/stats`.
    case statistics
    /// `fs/fscache/caches`.
    case caches
    /// `fs/fscache/volumes`.
    case volumes
    /// `fs/fscache/cookies`.
    case cookies
    /// `fs/nfsfs/volumes`.
    case nfsVolumes
    /// `fs/nfsfs/servers`.
    case nfsServers
    /// `self/mountinfo`.
    case mounts

    /// The places to look at, the first that exists counts. From 6.8 on `fs/fscache` is a link to `fs/netfs`, which a
    /// copy may have lost; `fs/nfsfs` is one to `net/nfsfs`.
    var places: [String] {
      switch self {
      case .statistics: ["fs/fscache/stats", "fs/netfs/stats", "stats"]
      case .caches: ["fs/fscache/caches", "fs/netfs/caches", "caches"]
      case .volumes: ["fs/fscache/volumes", "fs/netfs/volumes", "volumes"]
      case .cookies: ["fs/fscache/cookies", "fs/netfs/cookies", "cookies"]
      case .nfsVolumes: ["fs/nfsfs/volumes", "net/nfsfs/volumes"]
      case .nfsServers: ["fs/nfsfs/servers", "net/nfsfs/servers"]
      case .mounts: ["self/mountinfo", "mountinfo"]
      }
    }
  }

  /// `/proc`.
  package static let defaultDirectory: FilePath = "/proc"

  /// Where it was read.
  package let directory: FilePath
  /// What has been counted.
  package var statistics: KernelStatistics?
  /// The caches; nil before 5.17.
  package var caches: KernelTable<CacheLine>?
  /// The volumes; nil before 5.17.
  package var volumes: KernelTable<VolumeLine>?
  /// The NFS mounts.
  package var nfsVolumes: KernelTable<NFSVolumeLine>?
  /// The NFS servers.
  package var nfsServers: KernelTable<NFSServerLine>?
  /// All mounts that this process sees.
  package var mounts: MountTable?
  /// The files that exist and cannot be read.
  package private(set) var failures: [StoreError] = []
  /// Which files these are.
  package private(set) var failedFiles: Set<File> = []

  /// More than these bytes of a table are not read; only the cookies, which are not held in memory, are that many.
  static let tableLimit = 64 << 20

  /// Reads everything but the cookies.
  package init(directory: FilePath = Self.defaultDirectory) {
    self.directory = directory
    statistics = read(.statistics).map { KernelStatistics(parsing: $0.span) }
    caches = read(.caches).map { KernelTable(parsing: $0.span) }
    volumes = read(.volumes).map { KernelTable(parsing: $0.span) }
    nfsVolumes = read(.nfsVolumes).map { KernelTable(parsing: $0.span) }
    nfsServers = read(.nfsServers).map { KernelTable(parsing: $0.span) }
    mounts = read(.mounts).map { MountTable(parsing: $0.span) }
  }

  private mutating func read(_ file: File) -> [UInt8]? {
    do throws(StoreError) {
      return try Self.first(of: file, in: directory) { (path) throws(Errno) in
        try SmallFile.read(path, limit: Self.tableLimit)
      }
    } catch {
      failures.append(error)
      failedFiles.insert(file)
      return nil
    }
  }

  /// Whether a directory holds anything of a kernel's: one of the tables or their directory, the list of devices, the release.
  package static func isCopy(_ directory: FilePath) -> Bool {
    let places = File.allCases.flatMap(\.places) + ["fs/fscache", "fs/netfs", "misc", "sys/kernel/osrelease"]
    return places.contains { (try? FileStatus.of(directory.appending($0))) != nil }
  }

  /// The release of the kernel of this `/proc`, from `sys/kernel/osrelease`; nil when a copy does not tell.
  package static func release(of directory: FilePath) -> KernelRelease? {
    guard let text = try? SmallFile.read(directory.appending("sys/kernel/osrelease")) else { return nil }
    return KernelRelease(String(decoding: text, as: UTF8.self))
  }

  /// What has been counted by now; nil when this kernel has no such file, or it cannot be read.
  package func readStatistics() -> KernelStatistics? {
    let text = try? Self.first(of: .statistics, in: directory) { (path) throws(Errno) in
      try SmallFile.read(path, limit: Self.tableLimit)
    }
    return text.map { KernelStatistics(parsing: $0.span) }
  }

  /// What a closure makes of the first place of a file that exists; nil when none does.
  private static func first<Value>(
    of file: File, in directory: FilePath, _ body: (FilePath) throws(Errno) -> Value
  ) throws(StoreError) -> Value? {
    for place in file.places {
      let path = directory.appending(place)
      do throws(Errno) {
        return try body(path)
      } catch {
        if error == .noSuchFileOrDirectory || error == .notDirectory { continue }
        throw StoreError(path: path.bytes, operation: "read", error: error)
      }
    }
    return nil
  }

  /// Calls a closure for each cookie, without holding them in memory: there can be millions.
  ///
  /// - Returns: the lines that were not understood; nil when this kernel has no such file.
  /// - Throws: ``StoreError`` when it exists and cannot be read.
  package func forEachCookie(_ body: (CookieLine) -> Void) throws(StoreError) -> UnreadLines? {
    try Self.first(of: .cookies, in: directory) { (path) throws(Errno) in
      var unread = UnreadLines()
      try LineInput.forEach(of: path) { line in
        if line.isEmpty { return }
        do throws(CookieLine.Failure) {
          body(try CookieLine(parsing: line))
        } catch {
          if !CookieLine.isHeading(error) { unread.add(line) }
        }
      }
      return unread
    }
  }
}
