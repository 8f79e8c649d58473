// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CachefilesFormat

/// Keys of NFS servers in the shapes of all kernels before 5.17, read without the levels above them.
@Suite("Keys of NFS servers before 5.17")
struct LegacyServerKeyTests {
  private static func words(_ name: String) throws -> [String] {
    let path = try LegacyPath(components: name.split(separator: "/").map { Array($0.utf8) }, byteOrder: .little)
    let level = try #require(path.levels.first)
    #expect(level.isInPlace != false)
    return level.fields.map { field in
      switch field.value {
      case .text(let text): text
      case .number(let number): "\(number)"
      default: "?"
      }
    }
  }

  private static func name(_ hex: String) throws -> String {
    let text = Array(hex.utf8)
    let key = try Hex.bytes(text.span)
    return String(decoding: LegacyName.name(of: key, kind: .index, byteOrder: .little), as: UTF8.self)
  }

  @Test("the two that were reported")
  func reported() throws {
    #expect(try Self.words("@84/Jc0000000840000cG6400") == ["192.168.6.1", "2049"])
    #expect(try Self.words("@2f/Jm0010E0084g-000000000000000000g1") == ["4", "fd00::5", "2049"])
  }

  @Test(
    "each shape, with and without its version",
    arguments: [
      ("0000000008010000c0a80601", ["192.168.6.1", "2049"]),
      ("0300020008010000c0a80601", ["3", "192.168.6.1", "2049"]),
      ("000000000801000020010db8000000000000000000000001", ["2001:db8::1", "2049"]),
      ("0400020008017f000001", ["4", "127.0.0.1", "2049"]),
      ("03000a000000fe800000000000000000000000000001", ["3", "fe80::1", "0"]),
      ("040000000200000002000801c0a80601", ["4.2", "192.168.6.1", "2049"]),
      ("04000000010000000a0008012001_0db8_0000000000000000_00000001", ["4.1", "2001:db8::1", "2049"]),
    ])
  func shapes(hex: String, words: [String]) throws {
    #expect(try Self.words(Self.name(hex.replacing("_", with: ""))) == words)
  }

  @Test("what is no server of that time stays a key", arguments: ["0900020008017f000001", "0400070008017f000001"])
  func others(hex: String) throws {
    #expect(try Self.words(Self.name(hex)) == ["?"])
  }

  @Test("the name of a superblock stands behind the 64 bytes, or from 4.17 on within them")
  func uniquifiers() throws {
    for offset in [61, 64] {
      var key = [UInt8](repeating: 0, count: 64 + 3)
      key[60] = 3
      for (index, byte) in Array("abc".utf8).enumerated() { key[offset + index] = byte }
      let fields = LegacyKeys.fields(key.span, .superblock, in: .nfs, .little)
      #expect(fields.last == NetfsField("uniquifier", .bytes(Array("abc".utf8))), "\(offset)")
    }
  }
}
