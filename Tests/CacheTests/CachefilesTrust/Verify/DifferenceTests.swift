// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import TestSupport
import Testing

@testable import CachefilesTrust

/// How two readings differ.
@Suite("Differences")
struct DifferenceTests {
  let scratch = ScratchDirectory()

  private func buffer(_ bytes: [UInt8]) throws -> AlignedBuffer {
    try scratch.write("f", bytes)
    let buffer = AlignedBuffer(capacity: bytes.count)
    let file = try OwnedDescriptor(reading: scratch.path("f"), direct: false)
    #expect(try file.read(into: buffer, at: 0, needed: bytes.count) == bytes.count)
    return buffer
  }

  private func difference(_ cache: [UInt8], _ server: [UInt8], at start: Int, piece: Range<UInt64>) throws
    -> Difference?
  {
    Difference(try buffer(cache), try buffer(server), piece: piece, at: start)
  }

  @Test("Equal bytes are no difference, whatever stands around them")
  func none() throws {
    #expect(try difference([1, 2, 3, 4], [9, 2, 3, 9], at: 1, piece: 100..<102) == nil)
  }

  @Test("Runs have their place in the file, and the first bytes of both sides")
  func runs() throws {
    let server = [UInt8](repeating: 7, count: 64)
    var cache = server
    for index in [3] + Array(20..<50) { cache[index] = 8 }
    let found = try #require(try difference(cache, server, at: 2, piece: 1002..<1060))
    #expect(found.bytes == 31)
    #expect(
      [found].ranges == [
        WrongRange(offset: 1003, length: 1, cache: [8], server: [7]),
        WrongRange(
          offset: 1020, length: 30, cache: [UInt8](repeating: 8, count: 16), server: [UInt8](repeating: 7, count: 16)),
      ])
    #expect([found].rangeCount == 2)
  }

  @Test("Runs that meet at the border of two pieces are one")
  func joined() throws {
    let first = try #require(try difference([1, 1, 9, 9], [1, 1, 1, 1], at: 0, piece: 0..<4))
    let second = try #require(try difference([9, 1, 1, 9], [1, 1, 1, 1], at: 0, piece: 4..<8))
    let all = [first, second]
    #expect(all.rangeCount == 2)
    #expect(all.ranges.map(\.offset) == [2, 7])
    #expect(all.ranges[0] == WrongRange(offset: 2, length: 3, cache: [9, 9, 9], server: [1, 1, 1]))
  }

  @Test("Of very many runs the first are kept and all are counted")
  func many() throws {
    let cache = (0..<8000).map { UInt8($0 % 2) }
    let found = try #require(try difference(cache, [UInt8](repeating: 0, count: 8000), at: 0, piece: 0..<8000))
    #expect(found.bytes == 4000)
    #expect([found].rangeCount == 4000)
    #expect([found].ranges.count == WrongRange.mostRanges)
  }

  @Test("A short answer is gone on with, and the end of the file is the end")
  func shortFile() throws {
    try scratch.write("f", [UInt8](repeating: 5, count: 5000))
    let file = try OwnedDescriptor(reading: scratch.path("f"), direct: true)
    let buffer = AlignedBuffer(capacity: 16384)
    #expect(try file.read(into: buffer, at: 0, needed: 5000) == 5000)
    #expect(try file.read(into: buffer, at: 0, needed: 9000) == 5000)
    #expect(try file.read(into: buffer, at: 4096, needed: 100) == 904)
    #expect(try file.read(into: buffer, at: 8192, needed: 100) == 0)
    #expect(buffer[903] == 5)
  }
}
