// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import Testing

@Suite("Checksums")
struct ChecksumTests {
  @Test("the check value of CRC-32, in one piece and in any two")
  func known() {
    let text = Array("123456789".utf8)
    for cut in 0...text.count {
      var sum = Checksum()
      sum.add(Array(text[..<cut]))
      sum.add(Array(text[cut...]))
      #expect(sum.value == 0xcbf4_3926)
    }
    #expect(Checksum().value == 0)
  }
}
