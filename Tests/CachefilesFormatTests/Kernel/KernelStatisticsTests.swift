// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Foundation
import Testing

/// `/proc/fs/fscache/stats` of each kind of kernel.
@Suite("Statistics of the kernel")
struct KernelStatisticsTests {
  private static func fixture(_ name: String) throws -> KernelStatistics {
    let text = try Array(Fixtures.data("Tests/Fixtures/proc/\(name).stats"))
    return KernelStatistics(parsing: text.span)
  }

  private static func parse(_ text: String) -> KernelStatistics {
    let bytes = ascii(text)
    return KernelStatistics(parsing: bytes.span)
  }

  @Test(
    "every line of a real kernel is read", arguments: ["5.10.0-45-amd64", "6.1.0-50-amd64", "6.12.117+deb12-amd64"])
  func whole(_ name: String) throws {
    let statistics = try Self.fixture(name)
    #expect(statistics.unread.count == 0)
    let text = try String(decoding: Fixtures.data("Tests/Fixtures/proc/\(name).stats"), as: UTF8.self)
    #expect(statistics.counters.count == text.filter { $0 == "=" }.count)
    #expect(
      statistics.counters.map { "\(EscapedBytes.string($0.key))=\($0.value)" }
        == text.split { $0.isWhitespace }.filter { $0.contains("=") }.map(String.init))
  }

  @Test("5.10 counts pages: look-ups and retrievals are told, volumes are not")
  func pages() throws {
    let statistics = try Self.fixture("5.10.0-45-amd64")
    #expect(statistics.form == .pages)
    #expect(statistics.cookies == nil)
    #expect(statistics.volumes == nil)
    #expect(statistics.cookiesMade == 697)
    #expect(statistics.acquisitions == 697)
    #expect(statistics.failedAcquisitions == 0)
    #expect(statistics.lookups == 511)
    #expect(statistics.lookupHits == 120)
    #expect(statistics.lookupMisses == 391)
    #expect(statistics.relinquished == 221)
    #expect(statistics.retrievals == 11779)
    #expect(statistics.retrievalHits == 120)
    #expect(statistics.stores == 22085)
    #expect(statistics.creationsWithoutSpace == 0)
    #expect(statistics.culled == 0)
    #expect(statistics.downloads == nil)
    #expect(statistics.hitCount == .init(hits: 120, misses: 11659))
  }

  @Test("6.1 with NFS reads the cache without the library: no hit ratio")
  func readHelpers() throws {
    let statistics = try Self.fixture("6.1.0-50-amd64")
    #expect(statistics.form == .readHelpers)
    #expect(statistics.cookies == 260)
    #expect(statistics.volumes == 4)
    #expect(statistics.cookiesMade == 260)
    #expect(statistics.lookups == nil)
    #expect(statistics.cacheReads == 14488)
    #expect(statistics.cacheWrites == 14569)
    #expect(statistics.libraryReads == 0)
    #expect(statistics.downloads == 512)
    #expect(statistics.libraryWrites == 4)
    #expect(statistics.uploads == nil)
    #expect(statistics.readsOutsideLibrary == 14488)
    #expect(statistics.refusedForSpace == 0)
    #expect(statistics.hitCount == nil)
  }

  @Test("6.12 puts the netfs library first; the ratio is that of its reads and downloads")
  func netfs() throws {
    let statistics = try Self.fixture("6.12.117+deb12-amd64")
    #expect(statistics.form == .netfs)
    #expect(statistics.cookies == 260)
    #expect(statistics.cacheWrites == 278)
    #expect(statistics.misfits == 0)
    #expect(statistics.downloads == 1012)
    #expect(statistics.uploads == 25)
    #expect(statistics.libraryWrites == 278)
    #expect(statistics.readsOutsideLibrary == 0)
    #expect(statistics.hitCount == .init(hits: 0, misses: 1012))
  }

  @Test("the retries of 7.x do not pass for reads from the cache, and 6.8 has all in one section")
  func otherForms() {
    let seven = Self.parse(
      """
      Reads  : DR=0 RA=36 RF=0 RS=3 WB=0 WBZ=0
      DownOps: DL=18 ds=18 df=2 di=1
      CaRdOps: RD=54 rs=54 rf=0
      Retries: rq=7 rs=7 wq=7 ws=7
      -- FS-Cache statistics --
      Cookies: n=1 v=1 vcol=0 voom=0
      NoSpace: nwr=4 ncr=5 cull=6
      IO     : rd=54 wr=18 mis=9
      """)
    #expect(seven.form == .netfs)
    #expect(seven.libraryReadsDone == 54)
    #expect(seven.downloadsFailed == 2)
    #expect(seven.downloadsInstead == 1)
    #expect(seven.misfits == 9)
    #expect(seven.writesWithoutSpace == 4)
    #expect(seven.refusedForSpace == 9)
    #expect(seven.culled == 6)
    #expect(seven.hitCount?.ratio == 0.75)
    #expect(KernelStatistics.HitCount(hits: .max, misses: .max).ratio == 0.5)
    let eight = Self.parse(
      """
      Netfs  : DR=0 RA=3 RF=0 WB=0 WBZ=0
      Netfs  : DL=2 ds=2 df=0 di=0
      Netfs  : RD=2 rs=2 rf=0
      Netfs  : UL=8 us=8 uf=0
      -- FS-Cache statistics --
      Cookies: n=1 v=1 vcol=0 voom=0
      IO     : rd=2 wr=1 mis=0
      """)
    #expect(eight.form == .netfs)
    #expect(eight.uploads == 8)
    #expect(eight.hitCount == .init(hits: 2, misses: 2))
  }

  @Test("what is not understood is put aside and counted, the rest is read")
  func hostile() {
    let statistics = Self.parse(
      """
      FS-Cache statistics(ver:1.0)
      Cookies: n=1 v= x=9999999999999999999 =3 word z=2
      no colon here
      two words: n=1
      : n=1
      LRU    : n=1 at=-72
      IO     : rd=12
      """)
    #expect(statistics.unread.count == 4)
    #expect(statistics.value("Cookies", "n") == 1)
    #expect(statistics.value("Cookies", "z") == 2)
    #expect(statistics.volumes == nil)
    #expect(statistics.value("LRU", "at") == -72)
    #expect(statistics.cacheReads == 12)
    #expect(statistics.form == nil)
    let many = Self.parse(String(repeating: String(repeating: "x", count: 2000) + "\n", count: 100))
    #expect(many.unread.count == 100)
    #expect(many.unread.first.count == UnreadLines.keptLines)
    #expect(many.unread.first.allSatisfy { $0.count == UnreadLines.keptBytes })
  }

  @Test("a text cut at any byte is read as far as it goes", arguments: ["5.10.0-45-amd64", "6.12.117+deb12-amd64"])
  func cut(_ name: String) throws {
    let text = try Array(Fixtures.data("Tests/Fixtures/proc/\(name).stats"))
    let whole = KernelStatistics(parsing: text.span)
    for length in stride(from: 0, to: text.count, by: 7) {
      let part = Array(text[..<length])
      let statistics = KernelStatistics(parsing: part.span)
      #expect(statistics.unread.count <= 1)
      for (one, other) in zip(statistics.counters.dropLast(), whole.counters) { #expect(one == other) }
    }
  }
}
