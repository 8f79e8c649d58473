// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Testing

/// Whether an object is dirty, by the value of its attribute.
@Suite("Dirtiness")
struct DirtinessTests {
  @Test("every content byte, at every length of the attribute")
  func everyByte() {
    for count in [0, 1, 16, 17, 18, 19, 58, 273, 274, 1024, 1025, 4000, 65_536] {
      for byte in UInt8.min...UInt8.max {
        var value = [UInt8](repeating: 0xff, count: count)
        if count > 17 { value[17] = byte }
        let expected: Dirtiness = count > 17 && byte == Content.dirty.rawValue ? .dirty : .clean
        #expect(Dirtiness(record: value.span) == expected, "\(count) bytes, content \(byte)")
      }
    }
  }

  @Test("only clean is clean")
  func isClean() {
    #expect(Dirtiness.clean.isClean)
    #expect(!Dirtiness.dirty.isClean && !Dirtiness.cannotTell.isClean)
  }

  @Test("a view reads the same fields as the record")
  func view() {
    let record = ObjectRecord(
      objectSize: 0x0102_0304_0506_0708, zeroPoint: 0x1112_1314_1516_1718, type: 9, content: Content(rawValue: 3),
      coherency: [1, 2])
    let bytes = record.bytes
    guard let view = ObjectRecordView(bytes.span) else {
      Issue.record("no view of a whole record")
      return
    }
    let (size, zero, type, content) = (view.objectSize, view.zeroPoint, view.type, view.content)
    #expect(size == record.objectSize && zero == record.zeroPoint)
    #expect(type == record.type && content == record.content)
    let short = [UInt8](repeating: 0, count: 17)
    let isShort = ObjectRecordView(short.span) == nil
    #expect(isShort)
  }
}
