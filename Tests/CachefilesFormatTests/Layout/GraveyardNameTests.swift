// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Testing

@Suite("Names of what cachefilesd has buried")
struct GraveyardNameTests {
  @Test(
    "each counter is read again, also where the name is as long as one of the kernel's",
    arguments: [0, 0xf, 0xffff, 0x1_0000, 0xf_ffff, 0x10_0000, UInt32.max])
  func counters(counter: UInt32) {
    for seconds: UInt64 in [0, 0x6b00_e877, 0xffff_ffff, 0x2a0_3580_0332] {
      let name = GraveyardName(undertaker: .daemon, seconds: seconds, counter: counter)
      #expect(GraveyardName(name.bytes.span) == name)
    }
  }

  @Test(
    "sixteen bytes that are neither form are no name",
    arguments: ["x6b00e877x10000g", "x6b00e87710000xx0", "6b00e877x10000xx"])
  func neither(text: String) {
    #expect(GraveyardName(Array(text.utf8).span) == nil)
  }
}
