// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CachefilesFormat

/// Volumes that cache the same files.
@Suite("One export in several volumes")
struct SameExportTests {
  private static func groups(_ keys: [String]) -> [SameExport] {
    SameExport.all(in: keys.map { Array($0.utf8) }, byteOrder: .little)
  }

  private static let base = "nfs,4.2,2,108,106a8c0,1,2,,10,100000,100000,2ee,3a98,1d4c,3a98,1"

  @Test(
    "what may differ",
    arguments: [
      ("nfs,4.2,2,108,106a8c0,1,2,,10,80000,100000,2ee,3a98,1d4c,3a98,1", ["rsize"]),
      ("nfs,4.2,2,108,106a8c0,1,2,1,10,100000,100000,2ee,3a98,1d4c,3a98,1", ["ro"]),
      ("nfs,4.2,2,108,106a8c0,1,2,,10,100000,80000,bb8,3a98,1d4c,3a98,1", ["wsize", "attribute timeouts"]),
      ("nfs,4.2,2,108,106a8c0,1,2,,11,100000,100000,2ee,3a98,1d4c,3a98,1", ["mount flags"]),
    ])
  func same(other: String, differences: [String]) {
    let groups = Self.groups([Self.base, "9p,x,y", other])
    #expect(groups.map(\.members) == [[0, 2]])
    #expect(groups.first?.differences == differences)
  }

  @Test(
    "what makes another export or another right to it",
    arguments: [
      "nfs,4.1,2,108,106a8c0,1,2,,10,100000,100000,2ee,3a98,1d4c,3a98,1",
      "nfs,4.2,2,108,206a8c0,1,2,,10,100000,100000,2ee,3a98,1d4c,3a98,1",
      "nfs,4.2,2,109,106a8c0,1,2,,10,100000,100000,2ee,3a98,1d4c,3a98,1",
      "nfs,4.2,2,108,106a8c0,1,3,,10,100000,100000,2ee,3a98,1d4c,3a98,1",
      "nfs,4.2,2,108,106a8c0,1,2,,10,100000,100000,2ee,3a98,1d4c,3a98,5f373",
      "nfs,4.2,2,108,106a8c0,1,2,,10,100000,100000,2ee,3a98,1d4c,3a98,1,name", "nfs,broken", "cifs,1.2.3.4:445,x",
    ])
  func others(other: String) {
    #expect(Self.groups([Self.base, other]).isEmpty)
  }

  @Test("a tunnel's port changes, and the root of an NFSv4 server is always there")
  func special() {
    let tunnel = Self.groups([
      "nfs,4.1,2,514e,100007f,1,2,,10,100000,100000,2ee,3a98,1d4c,3a98,1",
      "nfs,4.1,2,524e,100007f,1,2,,10,100000,100000,2ee,3a98,1d4c,3a98,1",
    ])
    #expect(tunnel.map(\.differences) == [["port"]])
    #expect(
      Self.groups([
        "nfs,4.2,2,108,106a8c0,,,,10,100000,100000,2ee,3a98,1d4c,3a98,1",
        "nfs,4.2,2,108,106a8c0,,,,10,80000,100000,2ee,3a98,1d4c,3a98,1",
      ]).isEmpty)
  }
}
