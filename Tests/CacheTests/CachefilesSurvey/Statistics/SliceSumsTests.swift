// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import TestSupport
import Testing

@testable import CachefilesSurvey

/// The table says what a dictionary says.
@Suite("Sums by slice")
struct SliceSumsTests {
  @Test(
    "twice as many numbers as it was made for have the sums of a dictionary: neighbours, far ones, and the least and the greatest",
    arguments: 0..<20 as Range<UInt64>)
  func dictionary(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let limit = [1, 2, 7, 100, 4096][Int(seed % 5)]
    // Multiples of a large number come to lie in one place of some tables.
    let step: UInt64 = [1, 1 << 32, 1 << 51, 0x9E37_79B9_7F4A_7C15][Int(seed % 4)]
    var numbers = (0..<UInt64(2 * limit - 2)).map { Int64(bitPattern: $0 &* step) }
    for number in [.min, .max] as [Int64] where !numbers.contains(number) { numbers.append(number) }
    var (table, sums) = (SliceSums(limit: limit), [Int64: CullSum]())
    for _ in 0..<8 * numbers.count {
      let number = numbers[Int(random.next() % UInt64(numbers.count))]
      var sum = CullSum()
      (sum.objects, sum.bytes) = (1, random.next() % 1000)
      table.add(sum, at: number)
      sums[number, default: CullSum()] += sum
    }
    #expect(table.count == sums.count)
    #expect(Dictionary(uniqueKeysWithValues: zip(table.numbers, table.sums)) == sums)
  }
}
