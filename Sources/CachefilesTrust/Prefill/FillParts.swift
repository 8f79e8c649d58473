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
  private let parts: PartSums

  /// The parts of some of the files.
  init(_ items: [FillItem], _ range: Range<Int>) {
    self.range = range
    sizes = items[range].map { max(1, $0.size) }
    parts = PartSums(sizes.map { Int(($0 - 1) / Self.size) + 1 })
  }

  /// How many there are.
  var count: Int { parts.count }

  subscript(number: Int) -> Part {
    let (file, part) = parts.place(of: number)
    let start = UInt64(part) * Self.size
    return Part(item: range.lowerBound + file, offsets: start..<min(sizes[file], start + Self.size))
  }
}
