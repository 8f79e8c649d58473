// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import TestSupport
import Testing

@testable import CachefilesUpkeep

/// A value by its place in an order, without sorting.
@Suite("Quickselect")
struct QuickselectTests {
  @Test(
    "the value in each place is that of a sorted copy, with ties, sorted, reversed and extreme values",
    arguments: 0..<30 as Range<UInt64>)
  func places(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let count = Int(random.next() % 300) + 1
    let spread: UInt64 = [1, 3, 50, .max][Int(seed % 4)]
    var values = (0..<count).map { _ in Int64(bitPattern: random.next() % spread) }
    if seed % 5 == 1 { values.sort() }
    if seed % 5 == 2 { values.sort(by: >) }
    if seed % 5 == 3 { values += [.min, .max, .min, .max] }
    let sorted = values.sorted()
    for place in sorted.indices { #expect(Quickselect.value(of: values, inPlace: place) == sorted[place]) }
  }
}
