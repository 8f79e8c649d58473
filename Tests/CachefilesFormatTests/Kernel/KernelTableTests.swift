// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Foundation
import Testing

/// The tables of caches, NFS mounts and mounts.
@Suite("Tables of the kernel")
struct KernelTableTests {
  private static func fixture<Line: KernelTableLine>(_ name: String, _: Line.Type) throws -> KernelTable<Line> {
    let text = try Array(Fixtures.data("Tests/Fixtures/proc/\(name)"))
    return KernelTable<Line>(parsing: text.span)
  }

  private static func table<Line: KernelTableLine>(_ text: String, _: Line.Type) -> KernelTable<Line> {
    let bytes = ascii(text)
    return KernelTable<Line>(parsing: bytes.span)
  }

  @Test("the one cache of a real kernel", arguments: ["6.1.0-50-amd64", "6.12.117+deb12-amd64"])
  func caches(_ name: String) throws {
    let table = try Self.fixture("\(name).caches", CacheLine.self)
    #expect(table.unread.count == 0)
    let cache = try #require(table.rows.first)
    #expect(table.rows.count == 1)
    #expect(cache.cache == 1)
    #expect(cache.references == 5)
    #expect(cache.volumes == 4)
    #expect(cache.objects == 178)
    #expect(cache.accesses == 1)
    #expect(cache.state == .active)
    #expect(cache.name == ascii("lab"))
  }

  @Test("all rows of volumes and cookies are read as tables", arguments: modernCaptures)
  func modern(_ name: String) throws {
    let volumes = try Self.fixture("\(name).volumes", VolumeLine.self)
    #expect(volumes.unread.count == 0)
    #expect(!volumes.rows.isEmpty)
    let cookies = try Self.fixture("\(name).cookies", CookieLine.self)
    #expect(cookies.unread.count == 0)
    #expect(try cookies.rows.count == Fixtures.lines("Tests/Fixtures/proc/\(name).cookies").count - 2)
  }

  @Test("each state of a cache has its letter, an unknown one is put aside")
  func states() {
    for state in CacheLine.State.allCases {
      let letter = Character(UnicodeScalar(state.rawValue))
      let table = Self.table("0000000a     1     0     0     0 \(letter) my cache \n", CacheLine.self)
      #expect(table.rows.map(\.state) == [state])
      #expect(table.rows.map(\.name) == [ascii("my cache ")])
    }
    let other = Self.table(
      """
      CACHE    REF   VOLS  OBJS  ACCES S NAME
      ======== ===== ===== ===== ===== = ===============
      00000001     5     4   178     1 Q lab
      00000002     5     4   178
      00000003     5     4   178     1 A
      00000003     5     4   178     1 A\u{20}
      xyz          5     4   178     1 A lab
      00000004     5     4   178     1 E lab
      """, CacheLine.self)
    #expect(other.unread.count == 5)
    #expect(other.rows.map(\.state) == [.stopped])
  }

  @Test("a table cut at any byte loses at most its last row", arguments: ["6.1.0-50-amd64.caches"])
  func cut(_ name: String) throws {
    let text = try Array(Fixtures.data("Tests/Fixtures/proc/\(name)"))
    for length in 0..<text.count {
      let part = Array(text[..<length])
      #expect(KernelTable<CacheLine>(parsing: part.span).unread.count <= 1)
      #expect(KernelTable<MountEntry>(parsing: part.span).rows.isEmpty)
      #expect(KernelTable<NFSVolumeLine>(parsing: part.span).rows.isEmpty)
    }
  }

  @Test("NFS mounts of new and old kernels, and whether they are cached")
  func nfsVolumes() throws {
    let table = Self.table(
      """
      NV SERVER   PORT DEV          FSID                              FSC
      v4 0a000004  801 0:52         7b1bcb0f6ec0bc49:0                yes
      v3 20010db8000000000000000000000001  801 0:53         1:2                               no\u{20}
      v4 0a000005  801 ../outside   7b1bcb0f6ec0bc49:2                no
      v4 0a000005  801 0:54         7b1bcb0f6ec0bc49:2                maybe
      v4 0a000005  801 0:54
      """, NFSVolumeLine.self)
    #expect(table.rows.count == 2)
    #expect(table.unread.count == 3)
    let first = try #require(table.rows.first)
    #expect(first.version == 4)
    #expect(first.server == ascii("0a000004"))
    #expect(first.port == 0x801)
    #expect(first.device == MountDevice(major: 0, minor: 52))
    #expect(first.fileSystem == ascii("7b1bcb0f6ec0bc49:0"))
    #expect(first.isCached)
    #expect(!table.rows[1].isCached)
    let old = Self.table(
      """
      NV SERVER   PORT DEV     FSID              FSC
      v3 0a000004  801 0:52    1:2               yes
      """, NFSVolumeLine.self)
    #expect(old.rows.map(\.isCached) == [true])
  }

  @Test("NFS servers")
  func nfsServers() throws {
    let table = Self.table(
      """
      NV SERVER   PORT USE HOSTNAME
      v4 0a000004  801   2 filer.example
      v4 0a000004  801   x filer.example
      v4 0a000004  801   2
      w4 0a000004  801   2 filer.example
      """, NFSServerLine.self)
    #expect(table.unread.count == 3)
    let server = try #require(table.rows.first)
    #expect(server.users == 2)
    #expect(server.host == ascii("filer.example"))
    #expect(server.port == 0x801)
  }

  @Test("mounts: escapes, tags, an empty source, options of both kinds")
  func mounts() throws {
    let table = Self.table(
      """
      22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro
      36 22 0:52 / /mnt/a\\040b\\134c rw,nosuid shared:3 master:1 new:9 - nfs4 filer:/x\\011y rw,vers=4.2,fsc=one\\054
      37 22 0:53 /sub /mnt/plain ro - tmpfs  rw
      38 22 0:53 /sub /mnt/none ro shared:1 tmpfs none rw
      39 22 053 / /mnt rw - tmpfs none rw
      40 22 0:54 / /mnt rw - tmpfs none
      41 22 0:54 / /mnt
      """, MountEntry.self)
    #expect(table.rows.count == 3)
    #expect(table.unread.count == 4)
    let nfs = table.rows[1]
    #expect(nfs.number == 36)
    #expect(nfs.parent == 22)
    #expect(nfs.mountPoint == ascii("/mnt/a b\\c"))
    #expect(nfs.tags == [ascii("shared:3"), ascii("master:1"), ascii("new:9")])
    #expect(nfs.type == ascii("nfs4"))
    #expect(nfs.source == ascii("filer:/x\ty"))
    #expect(nfs.options == [ascii("rw"), ascii("nosuid")])
    #expect(nfs.superOptions.last == ascii("fsc=one,"))
    #expect(nfs.has("fsc"))
    #expect(nfs.has("nosuid"))
    #expect(!nfs.has("vers=4"))
    #expect(!nfs.has("fs"))
    #expect(table.rows[2].source.isEmpty)
    #expect(table.rows[2].tags.isEmpty)
    #expect(table.rows[2].root == ascii("/sub"))
  }

  @Test("a file is on the innermost mount above it, and of two on one place on the later")
  func holding() {
    let table = Self.table(
      """
      22 1 8:1 / / rw - ext4 /dev/sda1 rw
      23 22 8:2 / /var rw - ext4 /dev/sda2 rw
      24 23 8:3 / /var/cache rw - xfs /dev/sda3 rw
      25 24 8:4 / /var/cache rw - btrfs /dev/sda4 rw
      """, MountEntry.self)
    func number(_ path: String) -> Int? { table.entry(holding: ascii(path))?.number }
    #expect(number("/var/cache/fscache") == 25)
    #expect(number("/var/cache") == 25)
    #expect(number("/var/cachet") == 23)
    #expect(number("/varnish") == 22)
    #expect(number("/") == 22)
    #expect(MountTable().entry(holding: ascii("/")) == nil)
  }
}
