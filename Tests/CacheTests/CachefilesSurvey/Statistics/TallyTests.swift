// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Foundation
import TestSupport
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

  @Test("of what is cached of a file the end of its last block is no part, nor does a second name count")
  func cached() throws {
    let scratch = ScratchDirectory()
    // Blocks of 4096 bytes with files of one byte; and one of 1 MiB of which nothing is cached.
    try scratch.makeCache(objects: 9)
    let paths = scratch.objects()
    for (index, path) in paths.enumerated() {
      let size: UInt64 = index == 8 ? 1 << 20 : 1
      if index == 8 { ObjectFile.rewrite(path, size: 1 << 20, runs: []) }
      setAttribute(path, ObjectRecord(objectSize: size, coherency: [1, 2, 3, 4]).bytes)
    }
    #expect(link(paths[8], paths[8] + "x") == 0)
    let totals = try scratch.scan(attributes: true, extents: true).statistics.totals
    #expect(totals.objectBytes == 8 + 1 << 20)
    #expect(totals.dataBytes == 8 * 4096 && totals.cachedBytes == 8)
    #expect(totals.cachedShare(hasExtents: true) == 8.0 / Double(8 + 1 << 20))
    #expect(Tally().cachedShare(hasExtents: true) == nil)
  }
}
