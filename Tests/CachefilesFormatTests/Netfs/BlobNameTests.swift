// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Testing

/// Cookie keys of EROFS, which are the names of blobs.
@Suite("Names of blobs")
struct BlobNameTests {
  private func object(_ key: [UInt8]) -> NetfsObject {
    NetfsObject(cookieKey: key.span, keyLengths: nil, in: .erofs, byteOrder: .little)
  }

  @Test("a blob has a name of 1 to 252 bytes without a zero byte")
  func lengths() {
    for count in [1, 4, 252] {
      let name = [UInt8](repeating: 0x61, count: count)
      #expect(object(name).identity == .erofs(name: name) && object(name).isPossible)
    }
    for count in [0, 253, 300] {
      #expect(object([UInt8](repeating: 0x61, count: count)).impossibility?.contains("\(count) bytes") == true)
    }
    #expect(object([0x61, 0, 0x62]).impossibility?.contains("zero byte") == true)
  }
}
