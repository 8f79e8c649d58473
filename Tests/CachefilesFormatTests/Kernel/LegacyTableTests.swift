// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CachefilesFormat

/// Tables and logs of kernels before 5.17.
@Suite("Tables and logs before 5.17")
struct LegacyTableTests {
  @Test(
    "a row of objects or cookies tells the kind of the cookie and its key, whatever columns the release has",
    arguments: [
      "   17e4b        2 ACTV     0   0   0   0  0     0 7b  4 0 0 | NFS.fh           DT  0 ffff88001dd82820 0100060111, e567",
      "00017e4b 00000002 ACTV     0   0   0   0  0     0 7b  4  0 0 | 0000000c NFS.fh           DT   0 0100060111, e567",
      "0000000c 00000003     1     0   1 DT 222 NFS.fh           000000009d1b5c2a 0100060111, e567",
      "0000000c 00000003     1     0   1   0 DT 2 222 NFS.fh           0100060111, e567",
    ])
  func rows(line: String) throws {
    let bytes = Array(line.utf8)
    let read = LegacyTableLine(parsing: bytes.span)
    let row = try #require(read)
    #expect(row.definition.type == .nfs && row.definition.role == .object && row.definition.kind == .data)
    #expect(row.key == [1, 0, 6, 1, 0x11])
    #expect(row.coherency == [0xe5, 0x67])
  }

  @Test(
    "rows of other tables are none",
    arguments: ["00000006 00000004   3   0   0 A 613c 0100, 00", "v4 c0a80601  801 0:43 1:0 yes"])
  func others(line: String) {
    let bytes = Array(line.utf8)
    let row = LegacyTableLine(parsing: bytes.span)
    #expect(row == nil)
  }

  @Test(
    "the lines before a key tell which kernel wrote it",
    arguments: [
      ("FS-Cache: O-cookie c=00000000b5f22a6f [p=00000000c2a1f4a9 fl=222 nc=0 na=1]", LogKernels.before517),
      ("FS-Cache: N-cookie c=0000000c [p=00000003 fl=2 nc=0 na=1]", .before517),
      ("FS-Cache: O-cookie d=00000000e4a5b1d4 n=00000000d2b3c4e5", .before517),
      ("FS-Cache: O-cookie o=17", .before517), ("CacheFiles: objstate=LOOK_UP_OBJECT fl=8 wbusy=2 ev=0[0]", .before517),
      ("netfs: O-cookie c=00049c53 [fl=6124 na=1 nA=2 s=L]", .since517),
      ("FS-Cache: O-cookie c=00049c53 [fl=6124 na=1 nA=2 s=L]", .since517),
    ])
  func states(line: String, kernels: LogKernels) {
    let bytes = Array(line.utf8)
    let cookie = LogCookie(parsing: bytes.span)
    #expect(cookie?.kernels == kernels)
  }

  @Test("each cookie's names are those of its kind")
  func names() throws {
    func paths(_ hex: String, _ definition: String?) throws -> [String] {
      let text = Array(hex.utf8)
      let cookie = LegacyCookie(
        key: try Hex.bytes(text.span), definition: definition.map { LegacyDefinition(name: Array($0.utf8)) },
        byteOrder: .little)
      return cookie.paths.map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(try paths("040000000200000002000801c0a80601", "NFS.server") == ["@90/Jg001000020000800840MEqg0"])
    #expect(try paths("4200000000001100", "9p.inode") == ["@5b/E80wg000000g40000"])
    #expect(try paths("4200000000001100", nil) == ["@5b/J80wg000000g40000", "@5b/E80wg000000g40000"])
    #expect(try paths("6e6673", "FSDEF.netfs") == ["@4a/I03nfs"])
  }

  @Test("digits that the length before them does not allow are counted, odd ones too")
  func digits() {
    for (line, words) in [
      ("FS-Cache: O-key=[4] 'abababababab'", "12 digits for a key of 4 bytes"),
      ("FS-Cache: O-key=[1] 'abc'", "3 digits for a key of 1 byte"),
      ("netfs: N-key=[16] '" + String(repeating: "0", count: 34) + "'", "34 digits for a key of 16 bytes"),
    ] {
      let bytes = Array(line.utf8)
      do throws(LogLine.Failure) {
        _ = try LogLine(parsing: bytes.span)
        Issue.record("\(line) is read")
      } catch {
        #expect(error.description == words)
      }
    }
  }
}
