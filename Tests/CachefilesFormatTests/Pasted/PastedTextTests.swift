// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CachefilesFormat

/// What tools and shells put around a name.
@Suite("Pasted text")
struct PastedTextTests {
  private static func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

  @Test(
    "listings",
    arguments: [
      ("-rw------- 1 root root 4096 Nov 28 07:05 Tf825ea,", "Tf825ea,"),
      ("-rw------- 1 root root 4096 2025-11-28 07:05 Tf825ea,", "Tf825ea,"),
      ("-rw------- 1 root root 4096 2025-11-28 07:05:01.000000000 +0100 Tf825ea,", "Tf825ea,"),
      ("1234 -rw------- 1 root root 4096 Nov 28  2024 E1GQ100000100wOhZfBL6S1w00", "E1GQ100000100wOhZfBL6S1w00"),
      ("drwx------ 2 root root 4096 Nov 28 07:05 Icifs,127.0.0.1:445,My Share", "Icifs,127.0.0.1:445,My Share"),
      ("16 Tf825ea,", "Tf825ea,"), ("4.0K\tcache/Ierofs/@9c/Dtest.img", "cache/Ierofs/@9c/Dtest.img"),
      ("/c/cache/Ierofs/@9c/Dtest.img: 3 extents found", "/c/cache/Ierofs/@9c/Dtest.img"),
      ("/c/cache/Ierofs/@9c/Dtest.img: 1 extent found", "/c/cache/Ierofs/@9c/Dtest.img"),
      ("File size of /c/cache/Ia is b/@9c/Dx is 4096 (1 block of 4096 bytes)", "/c/cache/Ia is b/@9c/Dx"),
      ("# file: var/cache/fscache/cache/Ierofs/@9c/Dtest.img", "var/cache/fscache/cache/Ierofs/@9c/Dtest.img"),
      ("  File: /c/cache/Ierofs/@9c/Dtest.img", "/c/cache/Ierofs/@9c/Dtest.img"),
      ("d41d8cd98f00b204e9800998ecf8427e  cache/Ierofs/@9c/Dx", "cache/Ierofs/@9c/Dx"),
      ("--------------e------- /c/cache/Ierofs/@9c/Dx", "/c/cache/Ierofs/@9c/Dx"),
    ])
  func listed(line: String, name: String) {
    #expect(Self.text(PastedText.listed(Array(line.utf8))) == name)
  }

  @Test("quotes", arguments: ["'Dx'", "\"Dx\"", " `Dx' ", "‘Dx’", "“Dx”"])
  func quotes(line: String) {
    #expect(Self.text(PastedText.unquoted(Array(line.utf8))) == "Dx")
  }

  @Test(
    "headings",
    arguments: [
      "COOKIE   VOLUME   REF ACT ACC S FL DEF             ", "======== ======== === === === = == ================",
      "VOLUME   REF   nCOOK ACC FL CACHE           KEY",
      "OBJECT   PARENT   STAT CHLDN OPS OOP IPR EX READS EM EV FL S | NETFS_COOKIE_DEF TY FL NETFS_DATA       OBJECT_KEY, AUX_DATA",
      "CACHE    REF   VOLS  OBJS  ACCES S NAME", "NV SERVER   PORT USE HOSTNAME", "Filesystem type is: ef53",
      " ext:     logical_offset:        physical_offset: length:   expected: flags:",
      "   0:        0..       0:      34816..     34816:      1:             last,eof", "total 12",
    ])
  func headings(line: String) {
    #expect(PastedText.isHeading(Array(line.utf8)))
  }

  @Test(
    "names, keys and log lines are no headings", arguments: ["Dx", "S", "Ierofs", "CacheFiles: x", "T1,2", "nfs,3.0"])
  func names(line: String) {
    #expect(!PastedText.isHeading(Array(line.utf8)))
    #expect(PastedText.listed(Array(line.utf8)) == nil)
  }

  @Test(
    "attributes in the three forms of getfattr",
    arguments: [
      "user.CacheFiles.cache=0x000102ff", "user.CacheFiles.cache=0sAAEC/w==",
      "user.CacheFiles.cache=\"\\000\\001\\002\\377\"", "0x000102ff", "000102ff", "0sAAEC/w==\r",
    ])
  func attributes(line: String) throws {
    let bytes = Array(line.utf8)
    let read = try AttributeText(parsing: bytes.span)
    #expect(read == .value([0, 1, 2, 255]))
  }

  @Test("other lines of getfattr have no value, and broken values are refused")
  func otherAttributes() throws {
    for line in ["", "user.other=0x00", "getfattr: Removing leading '/'", "security.selinux=\"x\""] {
      let bytes = Array(line.utf8)
      let read = try AttributeText(parsing: bytes.span)
      #expect(read == .nothing, "\(line)")
    }
    for line in ["0sAAE", "\"abc", "\"\\9\"", "xyz", "0sA=AA"] {
      let bytes = Array(line.utf8)
      let read = try? AttributeText(parsing: bytes.span)
      #expect(read == nil, "\(line)")
    }
  }

  @Test("records of kernels before 5.17 are told from the newer ones")
  func records() {
    func read(_ value: [UInt8]) -> LegacyRecord? { LegacyRecord(recognising: value.span) }
    let new = ObjectRecord(objectSize: 4096, content: .noData, coherency: [UInt8](repeating: 1, count: 40)).bytes
    #expect(read(new) == nil)
    let empty = ObjectRecord(objectSize: 0, content: .noData, coherency: [0, 0, 0]).bytes
    #expect(read(empty) == nil)
    for (count, type) in [(40, NetfsType.nfs), (48, .nfs), (32, .cifs), (24, .ceph), (8, .afs), (4, .ninep)] {
      let old = [1] + [UInt8](repeating: 7, count: count)
      #expect(read(old)?.inferredType == type, "\(count)")
    }
    #expect(read(Array("C3".utf8)) == .cacheDirectory)
    let volume: [UInt8] = [0, 0, 0, 0]
    #expect(read(volume) == nil)
  }

  @Test(
    "lines of tables without anything to decode are headings",
    arguments: [
      "FS-Cache statistics", "-- FS-Cache statistics --", "Cookies: n=260 v=4 vcol=0 voom=0",
      "Acquire: n=260 ok=260 oom=0",
      "Netfs  : DR=0 RA=12 RF=0 WB=0 WBZ=0", "IO     : rd=0 wr=278 mis=0", "RdWr   : RR=0 SR=0",
      "CacheOp: alo=0 luo=0 luc=0 gro=0", "Ops    : pend=0 run=0 enq=0 can=0 rej=0", "Objs   : rr=0 sr=0 wsc=0",
      "REQUEST  OR REF FL ERR  OPS COVERAGE", "======== == === == ==== === =========",
      "00000001 RA   2 2120    0   0 @34c1f4000 0/8000",
      "NV SERVER   PORT USE HOSTNAME", "v4 7f000001  801   2 127.0.0.1",
      "v3 c0a80601  801   1 filer.example.com",
      "v4 fd000000000000000000000000000005  801   1 fd00::5",
      "NV SERVER   PORT DEV          FSID                              FSC",
      "v4 7f000001  801 0:53         0:0                               yes",
    ])
  func tables(line: String) { #expect(PastedText.isHeading(Array(line.utf8))) }

  @Test(
    "other lines are none",
    arguments: [
      "cookie: what is it", "Lookup: n=x", "note: see a=b c", "v5 7f000001  801   2 127.0.0.1",
      "v4 filer 801 2 x", "00000001 RA 2 2120 0 0 34c1f4000 0/8000", "FS-Cache: O-key=[4] '01020304'",
    ])
  func others(line: String) { #expect(!PastedText.isHeading(Array(line.utf8))) }
}
