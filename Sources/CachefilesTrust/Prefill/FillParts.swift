// SPDX-License-Identifier: Apache-2.0
/// What one thread after another reads of files: threads share large ones. A part is found when its turn comes, so that the length of a
/// file, which may be anything, takes no memory.
struct FillParts: Sendable {
  /// A part of a file.
  struct Part: Sendable, Equatable {
    /// The number of the file.
    var item: Int
    var offsets: Range<UInt64>
  }

  /// How much of a file one thread reads, in bytes.
  static let size: UInt64 = 256 << 20

  private let sizes: [UInt64]
  private let range: Range<Int>
  /// How many parts the files before each one have, and all of them.
  private let first: [Int]

  /// The parts of some of the files.
  init(_ items: [FillItem], _ range: Range<Int>) {
    self.range = range
    sizes = items[range].map { max(1, $0.size) }
    var total = 0
    first =
      sizes.map { size in
        defer { total += Int((size - 1) / Self.size) + 1 }
        return total
      } + [total]
  }

  /// How many there are.
  var count: Int { first[sizes.count] }

  subscript(number: Int) -> Part {
    var (low, high) = (0, sizes.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if first[middle] <= number { low = middle } else { high = middle }
    }
    let start = UInt64(number - first[low]) * Self.size
    return Part(item: range.lowerBound + low, offsets: start..<min(sizes[low], start + Self.size))
  }
}
