// SPDX-License-Identifier: Apache-2.0

/// Sums by the number of a slice, of which there are few: a table with open addressing, of which one word is read for most objects of
/// a scan. A dictionary's hash of a number that no stranger chooses the place of is a twentieth of a cull.
struct SliceSums: Sendable {
  /// The numbers, in the order in which they came, and what each has.
  private(set) var numbers: [Int64] = []
  private(set) var sums: [CullSum] = []
  /// For each place of the table the index in these behind 1; 0 where it is free.
  private var places: [UInt32]
  private let shift: UInt64

  /// - Parameter limit: at most twice as many numbers are ever added.
  init(limit: Int) {
    var bits: UInt64 = 4
    while 1 << bits < 4 * limit { bits += 1 }
    places = [UInt32](repeating: 0, count: 1 << bits)
    shift = 64 - bits
  }

  /// How many numbers there are.
  var count: Int { numbers.count }

  /// Adds to the sum of a number.
  @inline(__always)
  mutating func add(_ sum: CullSum, at number: Int64) {
    // Fibonacci hashing: neighbours, of which there are many, come to lie apart.
    var place = Int((UInt64(bitPattern: number) &* 0x9E37_79B9_7F4A_7C15) >> shift)
    while places[place] != 0 {
      let index = Int(places[place]) - 1
      if numbers[index] == number {
        sums[index] += sum
        return
      }
      place = (place + 1) & (places.count - 1)
    }
    numbers.append(number)
    sums.append(sum)
    places[place] = UInt32(numbers.count)
  }
}
