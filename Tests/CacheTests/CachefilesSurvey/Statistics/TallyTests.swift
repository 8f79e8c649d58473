// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CachefilesSurvey

@Suite("What parts of a cache add up to")
struct TallyTests {
  @Test(
    "lengths that are too much for a number stay at its limit: files can be 2^63 - 1 bytes long, and all of it holes")
  func sums() {
    var (sum, part) = (Tally(), Tally())
    (part.fileBytes, part.objectBytes, part.dataBytes, part.diskBytes) = (1 << 63, 1 << 63, 1 << 63, 1 << 63)
    for _ in 0..<3 { sum += part }
    #expect(sum.fileBytes == .max && sum.objectBytes == .max && sum.dataBytes == .max && sum.diskBytes == .max)
  }
}
