// SPDX-License-Identifier: Apache-2.0
import LinuxIO
import Testing

@testable import CachefilesStore
@testable import CachefilesUpkeep

/// How runs of data are fitted to the blocks of another file system.
@Suite("Runs of data on another file system")
struct DataLayoutTests {
  private func layout(_ runs: [(UInt64, UInt64)], size: UInt64, granule: UInt64) -> [[UInt64]] {
    DataLayout(runs.map { DataExtent(offset: $0.0, length: $0.1) }, size: size, granule: granule).extents
      .map { [$0.offset, $0.length] }
  }

  @Test("with the same or smaller blocks everything stays", arguments: [512, 1024, 4096] as [UInt64])
  func exact(granule: UInt64) {
    #expect(layout([(4096, 8192), (16384, 4096)], size: 40960, granule: granule) == [[4096, 8192], [16384, 4096]])
  }

  @Test("a run that touches the next one is one run")
  func joined() {
    #expect(
      layout([(0, 1024), (1024, 3072), (8192, 4096)], size: 16384, granule: 4096) == [[0, 4096], [8192, 4096]])
  }

  @Test("of blocks that are covered in part nothing is left, and what is dropped is counted")
  func rounded() {
    let runs = [DataExtent(offset: 1024, length: 8192), DataExtent(offset: 13312, length: 1024)]
    let layout = DataLayout(runs, size: 65536, granule: 4096)
    #expect(layout.extents == [DataExtent(offset: 4096, length: 4096)])
    #expect(layout.droppedBytes == 4096 + 1024)
    #expect(layout.dataBytes == 4096)
  }

  @Test("a run up to the end of the file may end within a block, but must not begin within one")
  func end() {
    #expect(layout([(4096, 1500)], size: 5596, granule: 4096) == [[4096, 1500]])
    #expect(layout([(4096, 1024)], size: 5596, granule: 4096) == [])
    #expect(layout([(5120, 476)], size: 5596, granule: 4096) == [])
    #expect(layout([(0, 4096)], size: 4096, granule: 65536) == [[0, 4096]])
  }

  @Test("no byte is data that was none, and only partly covered blocks are lost, for all small layouts")
  func exhaustive() {
    let size: UInt64 = 10
    for bits in 0..<(1 << Int(size)) {
      let isData = (0..<Int(size)).map { bits >> $0 & 1 == 1 }
      var runs: [DataExtent] = []
      for (index, data) in isData.enumerated() where data {
        if let last = runs.last, last.end == UInt64(index) {
          runs[runs.count - 1].length += 1
        } else {
          runs.append(DataExtent(offset: UInt64(index), length: 1))
        }
      }
      for granule in [1, 2, 4, 8] as [UInt64] {
        let layout = DataLayout(runs, size: size, granule: granule)
        for index in 0..<size {
          let block = index / granule * granule
          let whole = (block..<min(block + granule, size)).allSatisfy { isData[Int($0)] }
          let copied = layout.extents.contains { $0.offset <= index && index < $0.end }
          if copied != whole { Issue.record("\(bits) granule \(granule) byte \(index)") }
        }
        #expect(layout.dataBytes + layout.droppedBytes == UInt64(isData.count { $0 }))
      }
    }
  }
}
