// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Testing

@Suite("Limits of a cache")
struct CullLimitsTests {
  @Test("Limits are shares of whole hundreds, as the kernel divides first")
  func hundreds() {
    let limits = CullLimits(CullPercentages(), blocks: 1099, files: 99)
    #expect(
      [limits.brun, limits.bcull, limits.bstop, limits.frun, limits.fcull, limits.fstop] == [70, 50, 10, 0, 0, 0])
  }

  @Test("Percentages that no kernel takes are the nearest limits that can be")
  func outOfRange() {
    var percentages = CullPercentages()
    percentages.brun = 101
    percentages.bcull = .max
    percentages.bstop = -1
    let limits = CullLimits(percentages, blocks: .max, files: .max)
    #expect(limits.brun == .max)
    #expect(limits.bcull == .max)
    #expect(limits.bstop == 0)
    #expect(limits.frun == UInt64.max / 100 * 7)
  }
}
