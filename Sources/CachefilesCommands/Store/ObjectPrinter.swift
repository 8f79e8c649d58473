// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// Prints the objects as the scan comes across them, so that a list of any length needs no memory.
struct ObjectPrinter: ScanVisitor {
  private let shared: SharedOutput
  private let now: Timestamp
  private let root: [UInt8]
  private var buffer: [UInt8] = []

  /// - Parameter root: the path of the cache.
  init(_ shared: SharedOutput, root: [UInt8], now: Timestamp) {
    self.root = root
    self.shared = shared
    self.now = now
  }

  mutating func visit(_ entry: borrowing ScanEntry) {
    guard let item = ObjectListing.Item(entry) else { return }
    shared.output.append(ObjectLine(item: item, now: now), command: "ls", root: root, to: &buffer)
    if buffer.count >= 32 << 10 { flush() }
  }

  mutating func merge(_ other: consuming ObjectPrinter) {
    other.flush()
  }

  private mutating func flush() {
    shared.write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }
}
