// SPDX-License-Identifier: Apache-2.0
/// How many parts several files have, one after the other: finds the file of a part by its number.
struct PartSums: Sendable {
  /// The number of the first part of each file, and the number of all parts at the end.
  private let first: [Int]

  /// Adds up the parts of files.
  init(_ counts: some Sequence<Int>) {
    var total = 0
    first =
      counts.map { count in
        defer { total += count }
        return total
      } + [total]
  }

  /// How many parts there are.
  var count: Int { first[first.count - 1] }
  /// The number of the first part of a file; behind the last file, of all parts.
  func first(of file: Int) -> Int { first[file] }

  /// Which file a part is of, and which part of it, counted from 0.
  func place(of number: Int) -> (file: Int, part: Int) {
    var (low, high) = (0, first.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if first[middle] <= number { low = middle } else { high = middle }
    }
    return (low, number - first[low])
  }
}
