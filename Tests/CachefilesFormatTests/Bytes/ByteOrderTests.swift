// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Testing

@Suite("Bytes that are appended")
struct ByteOrderTests {
  @Test("an array that gets nothing is left alone: all empty arrays share their storage")
  func nothing() {
    var bytes: [UInt8] = []
    var hasRun = false
    bytes.extend(byAtMost: 0) { _ in hasRun = true }
    let none: [UInt8] = []
    bytes.append(none.span)
    #expect(bytes.isEmpty && !hasRun)
  }

  @Test("an array gets what the body writes, also when that is less than it may be", arguments: 0...3)
  func some(count: Int) {
    var bytes: [UInt8] = [9]
    bytes.extend(byAtMost: 3) { output in for number in 0..<count { output.append(UInt8(number)) } }
    #expect(bytes == [9] + (0..<count).map { UInt8($0) })
  }
}
