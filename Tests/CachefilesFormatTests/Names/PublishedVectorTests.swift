// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Testing

/// Paths that other people saw on their machines, or published with their tools.
@Suite("Paths published by others")
struct PublishedVectorTests {
  struct Vector: Sendable, CustomTestStringConvertible {
    var volume, key, volumeHash, cookieHash, path: String
    var testDescription: String { path }
  }

  static let kellermann = "nfs,3.0,2,,a4214ac,c0000208,,,3002c0,10000,10000,12c,1770,bb8,1770,1"
  static let chilvers = "nfs,3.0,2,,300000a,e5e9b1269df2b0d,,,d0,100000,100000,249f0,249f0,249f0,249f0,1"
  static let owen2 = "nfs,4.2,2,108,887517ac,2,,,50,100000,100000,927c0,927c0,927c0,927c0,1"
  static let owen3 = "nfs,4.2,2,108,887517ac,3,,,50,100000,100000,927c0,927c0,927c0,927c0,1"

  static let vectors = [
    Vector(
      volume: kellermann,
      key: "00000000080200c0000000006741cf01d9584518080200c0000000004000000037ab6b034000000000000000",
      volumeHash: "fd078540", cookieHash: "45afab58",
      path: "@58/T,c0000208,,1cf4167,184558d9,c0000208,,40,36bab37,40,"),
    Vector(
      volume: kellermann,
      key: "00000000080200c00000000076c90c01f6c70812080200c0000000004000000037ab6b034000000000000000",
      volumeHash: "fd078540", cookieHash: "18f3bdea",
      path: "@ea/T,c0000208,,10cc976,1208c7f6,c0000208,,40,36bab37,40,"),
    Vector(
      volume: chilvers, key: "01000601b14289408ec04ac2bc6956299c5b14cc03050000021868b2", volumeHash: "127c5fde",
      cookieHash: "44b38b00", path: "@00/E210w114Hg92Az0HAMYCClFMVmkMY050002w1qO200"),
    Vector(
      volume: "erofs,styxtest9dbeb96981e633e3", key: "5f736c61625f30", volumeHash: "506baa3f",
      cookieHash: "61411c0e", path: "@0e/D_slab_0"),
    Vector(
      volume: "erofs,styxtestbf4a1ed3c4d64dd8", key: "5f736c61625f30", volumeHash: "8e2771d7",
      cookieHash: "4327e81d", path: "@1d/D_slab_0"),
    Vector(
      volume: "erofs,styxtest9dbeb96981e633e3", key: "5f736c6162696d675f30", volumeHash: "506baa3f",
      cookieHash: "675f23fb", path: "@fb/D_slabimg_0"),
    Vector(
      volume: "erofs", key: "746573742e696d67", volumeHash: "864ada3e", cookieHash: "0cb5e09c", path: "@9c/Dtest.img"),
    Vector(
      volume: "erofs", key: "626c6f62312e696d67", volumeHash: "864ada3e", cookieHash: "4fec78b5",
      path: "@b5/Dblob1.img"),
    Vector(
      volume: "9p,p9src,hosttag", key: "ea25f80000000000", volumeHash: "523d881f", cookieHash: "8200bb28",
      path: "@28/Tf825ea,"),
    Vector(
      volume: "cifs,127.0.0.1:445,s", key: "0e00000000000000c08a0a714a79dd0108000000", volumeHash: "ddb65f8f",
      cookieHash: "ecb5cc54", path: "@54/Te,,710a8ac0,1dd794a,8"),
    Vector(
      volume: "nfs,3.0,2,,100007f,,,,3082c0,80000,80000,2ee,3a98,1d4c,3a98,1,uniq1",
      key: "010001010000000027000000658ef212", volumeHash: "3f3c1bf8", cookieHash: "bb9eab0a",
      path: "@0a/T1010001,,27,12f28e65"),
    Vector(
      volume: "nfs,4.2,2,108,100007f,,,,,80000,80000,2ee,3a98,1d4c,3a98,1", key: "0100010100000000240000006d7aa683",
      volumeHash: "07c38dbe", cookieHash: "bf9c7800", path: "@00/T1010001,,24,83a67a6d"),
    Vector(
      volume: owen2,
      key: """
        0100010c0200000008000000e7ba9075008000002000f360d67b09000000e7ba907508000000ffffffff00000000\
        0b00700b010000000000
        """,
      volumeHash: "6b72ef6f", cookieHash: "0758e09d",
      path: "@9d/E110g0c80000020000DHbAR10w00080cfomLn20000DHbARx0000M-----00000I00MJg000000000"),
    Vector(
      volume: owen3,
      key: """
        0100010c03000000070000002fbb9934008000002000f360d67b060000002fbb993407000000ffffffff00000000\
        0200c109010000000000
        """,
      volumeHash: "9d30605a", cookieHash: "3e156d2f",
      path: "@2f/E110g0cc0000M10000LIrCQ00w00080cfomLD10000LIrCQs0000M-----000008001Dg000000000"),
    Vector(
      volume: "erofs,test.img", key: "746573742e696d67", volumeHash: "d13a83f4", cookieHash: "69ef6ef7",
      path: "@f7/Dtest.img"),
    Vector(
      volume: "erofs,domain0", key: "626c6f62312e696d67", volumeHash: "9f8824cc", cookieHash: "d157266b",
      path: "@6b/Dblob1.img"),
    Vector(
      volume: "afs,example.com,100058", key: "000000020000005d0000000000000000", volumeHash: "4d1aaf83",
      cookieHash: "6d69d7d8", path: "@d8/S2,5d,,"),
    Vector(
      volume: "cifs,192.168.6.1:445,scratch", key: "2a1d0000000001008072d43fe56bd80108", volumeHash: "030423a6",
      cookieHash: "3b71333e", path: "@3e/E1GQ100000100wOhZfBL6S1w00"),
    Vector(
      volume: "cifs,[fe80::1]:445,Media", key: "2a1d000000000000", volumeHash: "e320e3e5", cookieHash: "41b0e2ae",
      path: "@ae/T1d2a,"),
    Vector(
      volume: "9p,hostshare,;", key: "42009c0000000000", volumeHash: "e1d6fe06", cookieHash: "6aab99e4",
      path: "@e4/T9c0042,"),
    Vector(
      volume: "ceph,3b6f1d2e-55aa-4c0e-9a77-001122334455", key: "0100000000010000feffffffffffffff",
      volumeHash: "e75d8704", cookieHash: "fa9a9b87", path: "@87/T1,100,fffffffe,ffffffff"),
    Vector(
      volume: "nfs,3.0,2,,200000a,4fcfee04f99784ea,,,c0,100000,100000,bb8,ea60,7530,ea60,1",
      key: "0100078134148076000000005cfef1739c664a12b67a668a9888855d9fa40eb6010000006353d3c3",
      volumeHash: "87a5b70d", cookieHash: "069d701a",
      path: "@1a/E210M11i350q700000sVvYPNFpa9xJWpCyoyoxtZ9Feor00000zdRQ3300"),
  ]

  @Test("the key has the published path", arguments: vectors)
  func path(_ vector: Vector) throws {
    let volume = ascii(vector.volume)
    let key = bytes(vector.key)
    let hash = KeyHash(volumeKey: volume.span)
    #expect(Hex.string(hash.value) == vector.volumeHash)
    #expect(Hex.string(KeyHash(cookieKey: key.span, in: hash).value) == vector.cookieHash)
    #expect(try CachefilesFormatTests.path(volume: volume, key: key) == "I\(vector.volume)/\(vector.path)")
  }

  @Test("the published name gives the key back, and the volume key is read", arguments: vectors)
  func key(_ vector: Vector) throws {
    let key = bytes(vector.key)
    let result = try decoded(Array(vector.path.utf8.dropFirst(4)))
    #expect(result.name.isCanonical)
    #expect(result.name.keyLengths.contains(key.count))
    #expect(Array(result.key.prefix(key.count)) == key)
    let volume = NetfsVolume(volumeKey: ascii(vector.volume).span, byteOrder: .little)
    if case .malformed(_, let reason) = volume { Issue.record("\(reason)") }
    #expect((volume == .unknown) == (vector.volume == "erofs"))
    let object = NetfsObject(
      cookieKey: result.key.span, keyLengths: lengthRange(result.name), in: volume.type, byteOrder: .little)
    #expect(object.isPossible)
  }

  @Test("the empty key hashes to nothing, but the kernel has no name for it")
  func emptyKey() {
    let nothing: [UInt8] = []
    let volume = KeyHash(volumeKey: nothing.span)
    let cookie = KeyHash(cookieKey: nothing.span, in: volume)
    #expect(volume.value == 0)
    #expect(cookie.value == 0)
    #expect(throws: CookieKey.Failure.empty) { try ObjectName.name(of: []) }
  }

  @Test("the hash of nothing is the salt, mixed")
  func saltOnly() {
    func hash(_ salt: UInt32, _ data: String) -> String { Hex.string(KeyHash(salt: salt, bytes(data).span).value) }
    #expect(hash(0, "") == "00000000")
    #expect(hash(1, "") == "61c88647")
    #expect(hash(0, "00000000") == "00000000")
    #expect(hash(0, "01000000") == "1a824031")
  }

  @Test("the path in the kernel's documentation is of the old layout and decodes")
  func documentedLegacyPath() throws {
    let path = try LegacyPath(components: ["@4a", "I03nfs", "@30", "Ji000000000000000--fHg8hi8400"].map { ascii($0) })
    #expect(path.type == .nfs)
    #expect(path.levels[0].isInPlace == true)
    #expect(path.levels[1].isInPlace == true)
    #expect(path.levels[1].name.byteOrder == .little)
    #expect(path.levels[1].fields["address"] == .text("::ffff:172.16.18.73"))
    #expect(path.levels[1].fields["port"] == .number(2049))
  }
}
