// SPDX-License-Identifier: Apache-2.0
extension KernelStatistics {
  // MARK: Cookies and volumes

  /// Cookies that exist now. `Cookies: n` from 5.17 on; nil before.
  public var cookies: Int? { value("Cookies", "n") }

  /// Volumes that exist now. `Cookies: v` from 5.17 on; nil before.
  public var volumes: Int? { value("Cookies", "v") }

  /// Volumes that had to wait for another one with the same hash. `Cookies: vcol` from 5.17 on; nil before.
  public var volumeCollisions: Int? { value("Cookies", "vcol") }

  /// Cookies made since the start. Up to 5.16 the sum of `Cookies: idx`, `dat` and `spc`, later `Acquire: ok`.
  public var cookiesMade: Int? {
    guard let index = value("Cookies", "idx"), let data = value("Cookies", "dat"), let special = value("Cookies", "spc")
    else { return value("Acquire", "ok") }
    return index + data + special
  }

  /// Requests for a cookie. `Acquire: n` in all kernels.
  public var acquisitions: Int? { value("Acquire", "n") }

  /// Requests for a cookie that failed: `Acquire: n` less `ok` in all kernels.
  public var failedAcquisitions: Int? {
    guard let all = acquisitions, let good = value("Acquire", "ok") else { return nil }
    return max(0, all - good)
  }

  /// Cookies that were given back. `Relinqs: n` in all kernels.
  public var relinquished: Int? { value("Relinqs", "n") }

  /// Cookies that were given back with the order to delete their objects. `Relinqs: rtr` in all kernels.
  public var retired: Int? { value("Relinqs", "rtr") }

  /// Objects whose data was thrown away because the file had changed. `Invals: n` in all kernels.
  public var invalidated: Int? { value("Invals", "n") }

  // MARK: Look-ups

  /// Look-ups of objects on the disk. `Lookups: n` up to 5.16; later kernels do not tell.
  public var lookups: Int? { value("Lookups", "n") }

  /// Look-ups that found an object. `Lookups: pos` up to 5.16; later kernels do not tell.
  public var lookupHits: Int? { value("Lookups", "pos") }

  /// Look-ups that found none. `Lookups: neg` up to 5.16; later kernels do not tell.
  public var lookupMisses: Int? { value("Lookups", "neg") }

  // MARK: Room

  /// Writes that were refused for want of room. `NoSpace: nwr` from 5.17 on; nil before.
  public var writesWithoutSpace: Int? { value("NoSpace", "nwr") }

  /// Objects and volumes that were not made for want of room. `NoSpace: ncr` from 5.17 on, `CacheEv: nsp` before.
  public var creationsWithoutSpace: Int? { value("NoSpace", "ncr") ?? value("CacheEv", "nsp") }

  /// All that was refused for want of room: the sum of the two above, as far as they are told.
  public var refusedForSpace: Int? {
    guard let creations = creationsWithoutSpace else { return writesWithoutSpace }
    return creations + (writesWithoutSpace ?? 0)
  }

  /// Objects that were culled. `NoSpace: cull` from 5.17 on, `CacheEv: cul` before.
  public var culled: Int? { value("NoSpace", "cull") ?? value("CacheEv", "cul") }

  // MARK: Reading and writing the cache

  /// Reads that the cache was asked for. `IO: rd` from 5.17 on; nil before. Counted before the cache looks whether it
  /// has the data (`cachefiles_read`, fs/cachefiles/io.c), so this is no number of hits.
  public var cacheReads: Int? { value("IO", "rd") }

  /// Writes to the cache. `IO: wr` from 5.17 on; nil before.
  public var cacheWrites: Int? { value("IO", "wr") }

  /// Writes that did not fit the block size. `IO: mis` from 6.8 on; nil before.
  public var misfits: Int? { value("IO", "mis") }

  /// Requests for pages from the cache. `Retrvls: n` up to 5.16; nil later.
  public var retrievals: Int? { value("Retrvls", "n") }

  /// Requests for pages that the cache answered. `Retrvls: ok` up to 5.16; nil later.
  public var retrievalHits: Int? { value("Retrvls", "ok") }

  /// Requests to store pages. `Stores: n` up to 5.16; nil later.
  public var stores: Int? { value("Stores", "n") }

  // MARK: The netfs library

  /// A number of the netfs library, in whichever section its line stands: `section` from 6.11 on, `Netfs` from 6.8 to
  /// 6.10, `RdHelp` before.
  private func library(_ section: StaticString, _ key: StaticString) -> Int? {
    value(section, key) ?? value("Netfs", key) ?? value("RdHelp", key)
  }

  /// Reads from the cache that the netfs library began. `RD`: `CaRdOps`, before 6.11 `Netfs`, before 6.8 `RdHelp`.
  public var libraryReads: Int? { library("CaRdOps", "RD") }

  /// Reads from the cache that brought data. `rs` of the same lines.
  public var libraryReadsDone: Int? { library("CaRdOps", "rs") }

  /// Reads from the cache that failed. `rf` of the same lines.
  public var libraryReadsFailed: Int? { library("CaRdOps", "rf") }

  /// Reads from the server, also of files that are not cached at all. `DL`: `DownOps`, before 6.11 `Netfs`, before 6.8
  /// `RdHelp`.
  public var downloads: Int? { library("DownOps", "DL") }

  /// Reads from the server that failed. `df` of the same lines.
  public var downloadsFailed: Int? { library("DownOps", "df") }

  /// Reads from the server in place of one from the cache that failed; they are in ``downloads`` too. `di` of the same
  /// lines.
  public var downloadsInstead: Int? { library("DownOps", "di") }

  /// Writes to the cache that the netfs library began. `WR`: `CaWrOps`, before 6.11 `Netfs`, before 6.8 `RdHelp`.
  public var libraryWrites: Int? { library("CaWrOps", "WR") }

  /// Writes to the cache that failed. `wf` of the same lines.
  public var libraryWritesFailed: Int? { library("CaWrOps", "wf") }

  /// Writes to the server. `UL`: `UpldOps`, from 6.8 to 6.10 `Netfs`; nil before.
  public var uploads: Int? { value("UpldOps", "UL") ?? value("Netfs", "UL") }

  /// Reads of the cache that did not come through the netfs library: `IO: rd` less `RD`. Before 6.4 those of NFS, before
  /// 6.10 those of SMB. Nil up to 5.16.
  public var readsOutsideLibrary: Int? {
    guard let all = cacheReads, let own = libraryReads else { return nil }
    return max(0, all - own)
  }

  /// Reads that the cache answered, and those that it did not.
  public struct HitCount: Equatable, Sendable {
    /// Reads that the cache answered.
    public var hits: Int
    /// Reads that it did not answer.
    public var misses: Int

    /// Makes a pair of numbers.
    public init(hits: Int, misses: Int) {
      self.hits = hits
      self.misses = misses
    }

    /// The share of the hits, from 0 to 1.
    public var ratio: Double { Double(hits) / max(1, Double(hits) + Double(misses)) }
  }

  /// Hits and misses where the numbers allow to tell them, nil where not or where nothing was read.
  ///
  /// - Up to 5.16: `Retrvls: ok` of `Retrvls: n`, the requests for pages of files with a cookie.
  /// - From 5.17 on: `rs` against `DL`. `DL` counts all reads of file systems that use the netfs library, with `fsc` or
  ///   without. Nil as soon as the cache was read without the library (``readsOutsideLibrary``): nothing tells which of
  ///   those were hits.
  public var hitCount: HitCount? {
    if let all = retrievals, let hits = retrievalHits {
      return all > 0 ? HitCount(hits: min(hits, all), misses: max(0, all - hits)) : nil
    }
    guard let hits = libraryReadsDone, let misses = downloads, readsOutsideLibrary == 0, hits + misses > 0 else {
      return nil
    }
    return HitCount(hits: hits, misses: misses)
  }
}
