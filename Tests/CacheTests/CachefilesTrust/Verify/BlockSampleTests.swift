// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import Foundation
import Testing

@testable import CachefilesTrust

/// Which blocks are compared, and what a sample says.
@Suite("Samples of blocks")
struct BlockSampleTests {
  @Test(
    "The number of wrong blocks that would be found is that of the formula", arguments: [0.001, 0.01, 0.1, 0.5, 0.99])
  func detectable(share: Double) {
    let expected = UInt64((log(0.05) / log(1 - share)).rounded(.up))
    #expect(BlockSample(share: share, seed: 1).detectableBlocks == expected)
  }

  @Test("All blocks and none are what they are")
  func ends() {
    #expect(BlockSample(share: 1, seed: 1).detectableBlocks == 1)
    #expect(BlockSample(share: 0, seed: 1).detectableBlocks == nil)
    #expect(BlockSample(share: 2, seed: 1).share == 1)
  }

  private func pieces(_ run: Range<UInt64>, _ share: Double, longest: UInt64 = 1 << 20) -> [Range<UInt64>] {
    var pieces: [Range<UInt64>] = []
    BlockSample(share: share, seed: 9).forEachPiece(
      of: run, in: BlockSample.PathHash(Array("/a/b".utf8)), longest: longest
    ) {
      pieces.append($0)
      return true
    }
    return pieces
  }

  @Test("The pieces of a run are the run, in pieces that are not too long, at the borders of blocks", arguments: 0..<20)
  func whole(round: Int) {
    var numbers = SplitMix64(seed: UInt64(round))
    let start = numbers.next() % 5_000_000
    let run = start..<start + 1 + numbers.next() % 5_000_000
    let pieces = pieces(run, 1)
    #expect(pieces.first?.lowerBound == run.lowerBound)
    #expect(pieces.last?.upperBound == run.upperBound)
    for (left, right) in zip(pieces, pieces.dropFirst()) {
      #expect(left.upperBound == right.lowerBound)
      #expect(left.upperBound % BlockSample.blockSize == 0)
    }
    #expect(pieces.allSatisfy { $0.upperBound - $0.lowerBound <= 1 << 20 })
  }

  @Test("A sample is a part of the run with about its share, and the same blocks for a part of the run")
  func part() {
    let whole = pieces(0..<1 << 30, 0.1)
    let bytes = whole.reduce(0) { $0 + $1.upperBound - $1.lowerBound }
    #expect(Double(bytes) / Double(1 << 30) > 0.09 && Double(bytes) / Double(1 << 30) < 0.11)
    let half = pieces(0..<1 << 29, 0.1)
    #expect(half.dropLast() == whole.prefix(half.count - 1))
  }

  @Test("A piece that ends it is the last")
  func ended() {
    var count = 0
    BlockSample(share: 1, seed: 1).forEachPiece(
      of: 0..<1 << 30, in: BlockSample.PathHash([1]), longest: 1 << 20
    ) { _ in
      count += 1
      return count < 3
    }
    #expect(count == 3)
  }
}
