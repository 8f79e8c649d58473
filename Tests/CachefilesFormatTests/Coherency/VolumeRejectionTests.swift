// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Testing

@Suite("Why a volume is not used")
struct VolumeRejectionTests {
  @Test(arguments: NetfsType.allCases)
  func `a volume of every length is used if its netfs writes that many bytes, and no netfs writes more than 259`(
    type: NetfsType
  ) {
    let expected = type.volumeCoherencyLength.map { $0 + 4 }
    for count in 0...300 {
      let value = [UInt8](repeating: 0, count: count)
      let rejection = VolumeRecord.rejection(of: value, coherencyLength: type.volumeCoherencyLength)
      switch rejection {
      case nil: #expect(expected.map { $0 == count } ?? (4...259).contains(count))
      case .tooLong(count, let longest): #expect(longest == expected ?? 259 && count > longest)
      case .tooShort(count, let shortest): #expect(shortest == expected ?? 4 && count < shortest)
      case let other?: Issue.record("\(other)")
      }
      #expect((try? VolumeRecord(parsing: value.span)) != nil || rejection != nil)
    }
  }

  @Test func `reserved bytes that are not zero, and a missing attribute, are reasons of their own`() {
    #expect(VolumeRecord.rejection(of: [0, 0, 1, 2], coherencyLength: 0) == .reserved(0x102))
    #expect(VolumeRecord.rejection(of: nil, coherencyLength: 0) == .absent)
    #expect(VolumeRecord.rejection(of: nil, coherencyLength: nil) == .absent)
  }
}
