// SPDX-License-Identifier: Apache-2.0
import CachefilesHost
import CachefilesStore

/// The files whose data is to be compared, in the order in which that is done: by mount and path.
struct VerifyList: Sendable {
  /// One file.
  struct Item: Sendable, Equatable {
    /// Where its mount is.
    var mountPoint: [UInt8]
    var path: [UInt8]
    /// Its length when it was listed.
    var size: UInt64
    /// Blocks of data that it has.
    var blocks: Int
    /// Why it cannot be compared; nil when it can.
    var refusal: String?

    /// Whether one comes before another.
    static func precedes(_ left: Item, _ right: Item) -> Bool {
      left.mountPoint == right.mountPoint
        ? left.path.lexicographicallyPrecedes(right.path) : left.mountPoint.lexicographicallyPrecedes(right.mountPoint)
    }
  }

  /// The files.
  let items: [Item]
  /// The number of the first part of each file, and the number of all parts at the end.
  private let firstPart: [Int]

  /// Puts files in order; one that is named twice counts once.
  init(_ found: [Item]) {
    let sorted = found.sorted(by: Item.precedes)
    var items: [Item] = []
    items.reserveCapacity(sorted.count)
    for item in sorted where items.last?.path != item.path { items.append(item) }
    self.items = items
    var total = 0
    firstPart =
      items.map { item in
        defer { total += Self.parts(of: item) }
        return total
      } + [total]
  }

  private static func parts(of item: Item) -> Int {
    max(1, Int(clamping: (item.size + FileComparison.partSize - 1) / FileComparison.partSize))
  }

  /// How many parts the files have.
  var partCount: Int { firstPart[items.count] }
  /// How many parts a file has.
  func partCount(of item: Int) -> Int { firstPart[item + 1] - firstPart[item] }
  /// The number of the first part of a file.
  func firstPart(of item: Int) -> Int { firstPart[item] }

  /// The file that a part is of, and which offsets it is. The last part has no end: the file may have grown.
  func part(_ number: Int) -> (item: Int, offsets: Range<UInt64>) {
    var (low, high) = (0, items.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if firstPart[middle] <= number { low = middle } else { high = middle }
    }
    let start = UInt64(number - firstPart[low]) * FileComparison.partSize
    return (low, start..<(number + 1 == firstPart[low + 1] ? UInt64.max : start + FileComparison.partSize))
  }

  /// Runs of neighbours on one mount.
  var mounts: [Range<Int>] {
    var result: [Range<Int>] = []
    var start = 0
    for index in items.indices where index + 1 == items.count || items[index + 1].mountPoint != items[index].mountPoint
    {
      result.append(start..<index + 1)
      start = index + 1
    }
    return result
  }
}
