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
    /// The inode of its object, and when that was last changed, in nanoseconds since 1970.
    var inode: UInt64 = 0
    var objectChange: Int64 = .max
    /// How many bytes of its data, and in how many blocks, are compared: all, or those of the sample.
    var comparedBytes: UInt64 = 0
    var comparedBlocks = 0
    /// Which windows of ``FileComparison/partSize`` bytes of it have data; empty for one at most.
    var windows: [UInt64] = []

    /// Whether one comes before another.
    static func precedes(_ left: Item, _ right: Item) -> Bool {
      left.mountPoint == right.mountPoint
        ? left.path.lexicographicallyPrecedes(right.path) : left.mountPoint.lexicographicallyPrecedes(right.mountPoint)
    }

    /// The windows that runs of data lie in, when there is more than one.
    static func windows(of runs: [Range<UInt64>]) -> [UInt64] {
      let size = FileComparison.partSize
      guard let first = runs.first, let last = runs.last, first.lowerBound / size < (last.upperBound - 1) / size else {
        return []
      }
      var windows: [UInt64] = []
      for run in runs {
        let all = run.lowerBound / size...(run.upperBound - 1) / size
        windows += all.dropFirst(windows.last == all.lowerBound ? 1 : 0)
      }
      return windows
    }
  }

  /// The files.
  let items: [Item]
  private let parts: PartSums

  /// Puts files in order; one that is named twice counts once.
  init(_ found: [Item]) {
    let sorted = found.sorted(by: Item.precedes)
    var items: [Item] = []
    items.reserveCapacity(sorted.count)
    for item in sorted where items.last?.path != item.path { items.append(item) }
    self.items = items
    parts = PartSums(items.map { max(1, $0.windows.count) })
  }

  /// How many parts the files have.
  var partCount: Int { parts.count }
  /// How many parts a file has.
  func partCount(of item: Int) -> Int { parts.first(of: item + 1) - parts.first(of: item) }
  /// The number of the first part of a file.
  func firstPart(of item: Int) -> Int { parts.first(of: item) }

  /// The file that a part is of, and which offsets it is: up to the next one, and the last part has no end, for the file may have grown.
  func part(_ number: Int) -> (item: Int, offsets: Range<UInt64>) {
    let (item, place) = parts.place(of: number)
    let windows = items[item].windows
    let start = place == 0 ? 0 : windows[place] * FileComparison.partSize
    return (item, start..<(place + 1 < windows.count ? windows[place + 1] * FileComparison.partSize : .max))
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
