// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Foundation
import LinuxIO
import TestSupport
import Testing

@testable import CachefilesTrust

/// The files of a verification in order, and their parts.
@Suite("The list of a verification")
struct VerifyListTests {
  private let size = FileComparison.partSize

  private func item(_ path: String, inode: UInt64, runs: [Range<UInt64>] = [0..<1]) -> VerifyList.Item {
    VerifyList.Item(
      mountPoint: [], path: Array(path.utf8), size: .max >> 1, blocks: 1, inode: inode,
      windows: VerifyList.Item.windows(of: runs))
  }

  @Test("It is ordered by path, and what is named twice counts once")
  func order() {
    let list = VerifyList([item("b", inode: 3), item("a", inode: 9), item("c", inode: 9), item("a", inode: 9)])
    #expect(list.items.map(\.path) == [Array("a".utf8), Array("b".utf8), Array("c".utf8)])
  }

  @Test("A file has as many parts as windows have data, whatever its length; they cover all of it")
  func parts() {
    #expect(VerifyList.Item.windows(of: []) == [])
    #expect(VerifyList.Item.windows(of: [5..<6, 7..<size]) == [])
    let runs = [
      5..<6, size - 1..<size + 1, size + 7..<size + 9, 1000 * size..<1002 * size + 1, 5000 * size..<5000 * size + 1,
    ]
    #expect(VerifyList.Item.windows(of: runs) == [0, 1, 1000, 1001, 1002, 5000])
    let list = VerifyList([item("a", inode: 1), item("b", inode: 2, runs: runs), item("c", inode: 3)])
    #expect(list.partCount == 8)
    #expect(list.part(0).offsets == 0..<UInt64.max)
    var end: UInt64 = 0
    for number in 1...6 {
      let (item, offsets) = list.part(number)
      #expect(item == 1)
      #expect(offsets.lowerBound == end)
      end = offsets.upperBound
    }
    #expect(end == .max)
    #expect(list.part(7).item == 2)
  }

  @Test("A long file with little data is compared whole, and a wrong byte far behind is found")
  func sparse() throws {
    let tree = try MountedTree()
    try tree.write("f", [1])
    try tree.cache("f")
    // 2 TiB, or what the file system has room for in numbers.
    let length = 2 << 40
    let path = "\(tree.scratch.path)/mnt/f"
    guard truncate(path, length) == 0 else { return }
    let object = "\(tree.scratch.path)/\(try tree.object("f"))"
    try #require(truncate(object, length) == 0)
    let places = [UInt64(size) + 5 * 4096, UInt64(length) - 4096]
    for (file, count) in [(object, 2), (path, 1)] {
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
      for offset in places.prefix(count) {
        try handle.seek(toOffset: offset)
        try handle.write(contentsOf: Data(repeating: 7, count: 4096))
      }
      try handle.close()
    }
    setAttribute(
      object, ObjectRecord(objectSize: UInt64(length), content: .noData, coherency: [1, 2, 3, 4]).bytes)
    let report = try tree.verify().report
    #expect(report.tally.comparedBytes == 3 * 4096)
    #expect(report.wrong.first?.ranges.map(\.offset) == [UInt64(length) - 4096])
    #expect(report.wrong.first?.wrongBytes == 4096)
  }
}
