// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
package import CachefilesStore
package import LinuxIO
import SystemPackage

/// The objects of a cache as a list, sorted and cut to a number.
package struct ObjectListing: Sendable {
  /// What to sort by.
  package enum Order: String, Sendable, CaseIterable {
    /// Least recently used first: the order in which culling takes objects.
    case atime
    /// Largest allocation first.
    case size
    /// By path.
    case name
    /// Most runs of data first.
    case extents
  }

  /// One object.
  package struct Item: Sendable {
    /// The path below the root.
    package var path: [UInt8]
    /// Last access.
    package var accessTime: Timestamp
    /// Allocated bytes.
    package var diskBytes: UInt64
    /// The length in bytes.
    package var fileBytes: UInt64
    /// The number of runs of data, where they were looked for.
    package var extents = 0

    /// Tells of an object.
    package init(path: [UInt8], accessTime: Timestamp, diskBytes: UInt64, fileBytes: UInt64, extents: Int = 0) {
      self.path = path
      self.accessTime = accessTime
      self.diskBytes = diskBytes
      self.fileBytes = fileBytes
      self.extents = extents
    }
  }

  package let order: Order
  package let limit: Int?
  package private(set) var items: [Item] = []
  /// Below this many items a limited list is not cut back yet.
  private static let slack = 4096
  /// Once a limited list was cut: its last item. What is worse by the order's own measure is not looked at.
  private var worst: Item?

  /// Starts an empty list. With a limit, memory is bounded by it.
  package init(order: Order, limit: Int?) {
    self.order = order
    self.limit = limit
  }

  /// The items in order, cut to the limit.
  package mutating func finish() -> [Item] {
    sortAndCut()
    return items
  }

  private mutating func sortAndCut() {
    switch order {
    case .atime: items.sort { $0.accessTime == $1.accessTime ? Self.precedes($0, $1) : $0.accessTime < $1.accessTime }
    case .size: items.sort { $0.diskBytes == $1.diskBytes ? Self.precedes($0, $1) : $0.diskBytes > $1.diskBytes }
    case .name: items.sort { Self.precedes($0, $1) }
    case .extents: items.sort { $0.extents == $1.extents ? Self.precedes($0, $1) : $0.extents > $1.extents }
    }
    if let limit, items.count > limit {
      items.removeLast(items.count - limit)
      worst = items.last
    }
  }

  /// Whether an entry cannot be among the first, whatever its path.
  @inline(__always)
  private func isOutOfReach(_ status: FileStatus, _ extents: Int) -> Bool {
    guard let worst else { return limit == 0 }
    return switch order {
    case .atime: status.access > worst.accessTime
    case .size: status.allocatedBytes < worst.diskBytes
    case .extents: extents < worst.extents
    case .name: false
    }
  }

  private static func precedes(_ left: Item, _ right: Item) -> Bool { left.path.lexicographicallyPrecedes(right.path) }
}

extension ObjectListing.Item {
  /// The item of an entry of a scan; nil when it is no object of either layout.
  package init?(_ entry: borrowing ScanEntry) {
    guard entry.status.kind == .regular, !entry.status.isMountPoint,
      entry.place == .object || entry.place == .legacy
    else { return nil }
    path = entry.cachePath.bytes
    accessTime = entry.status.access
    diskBytes = entry.status.allocatedBytes
    fileBytes = entry.status.size
  }
}

extension ObjectListing: ScanVisitor {
  /// Takes objects of both layouts.
  package mutating func visit(_ entry: borrowing ScanEntry) { visit(entry, extents: 0) }

  /// Takes objects of both layouts, with their number of runs.
  package mutating func visit(_ entry: borrowing ScanEntry, extents: Int) {
    if isOutOfReach(entry.status, extents) { return }
    guard var item = Item(entry) else { return }
    item.extents = extents
    items.append(item)
    if let limit, items.count > limit.multipliedClamped(by: 2).addingClamped(Self.slack) { sortAndCut() }
  }

  /// Adds another thread's objects.
  package mutating func merge(_ other: consuming ObjectListing) {
    items += other.items
    if let limit, items.count > limit.multipliedClamped(by: 2).addingClamped(Self.slack) { sortAndCut() }
  }
}
