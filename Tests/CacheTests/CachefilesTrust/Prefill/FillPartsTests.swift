// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CachefilesTrust

/// The parts of files that threads read.
@Suite("Parts of files to be read")
struct FillPartsTests {
  private func items(_ sizes: [UInt64]) -> [FillItem] {
    sizes.map { FillItem(mountPoint: [], path: [], size: $0, missing: [], isNew: true) }
  }

  @Test("They cover each file in order, and an empty file has one")
  func cover() {
    let sizes: [UInt64] = [0, 1, FillParts.size, FillParts.size + 1, 3 * FillParts.size]
    let parts = FillParts(items(sizes), 1..<5)
    #expect(parts.count == 1 + 1 + 2 + 3)
    var ends = [UInt64](repeating: 0, count: 5)
    for number in 0..<parts.count {
      let part = parts[number]
      #expect(part.offsets.lowerBound == ends[part.item])
      ends[part.item] = part.offsets.upperBound
    }
    #expect(Array(ends.dropFirst()) == Array(sizes.dropFirst()))
    #expect(FillParts(items([0]), 0..<1)[0] == FillParts.Part(item: 0, offsets: 0..<1))
  }

  @Test("A file of the greatest length costs no more than any other")
  func longest() {
    let parts = FillParts(items([.max >> 1, 5]), 0..<2)
    #expect(parts.count == Int((UInt64.max >> 1 - 1) / FillParts.size) + 2)
    #expect(parts[parts.count - 1] == FillParts.Part(item: 1, offsets: 0..<5))
    #expect(parts[parts.count - 2].offsets.upperBound == .max >> 1)
  }
}
