// SPDX-License-Identifier: Apache-2.0
import CachefilesStore

/// Which blocks of which files are compared. Each block is chosen by itself with the same probability, which depends on the seed,
/// the file's path as it was given and the block's number alone: not on threads, order, or what was compared before.
package struct BlockSample: Sendable, Equatable {
  /// The probability, of one.
  package let share: Double
  /// What tells one sample from another.
  package let seed: UInt64

  /// The length of a block in bytes.
  package static let blockSize: UInt64 = 64 << 10
  /// How sure the statement about a sample is.
  package static let confidence = 0.95

  /// Makes a sample.
  package init(share: Double, seed: UInt64) {
    self.share = min(1, max(0, share))
    self.seed = seed
  }

  /// The least number of wrong blocks, wherever they are, of which such a sample finds at least one with a probability of
  /// ``confidence``: each is missed with a probability of 1 - share, independently of the others.
  package var detectableBlocks: UInt64? {
    if share >= 1 { return 1 }
    if share <= 0 { return nil }
    // The logarithms without a library of mathematics: multiply until the chance of missing all is small enough. Squares make the
    // number of steps a logarithm of the answer.
    let allowed = 1 - Self.confidence
    let missed = 1 - share
    guard missed < 1 else { return nil }
    var powers = [missed]
    while let last = powers.last, last > allowed, powers.count < 64 { powers.append(last * last) }
    // The greatest number of blocks that can still all be missed too often, bit by bit.
    var (count, chance) = (UInt64(0), 1.0)
    for bit in powers.indices.reversed() where chance * powers[bit] > allowed {
      chance *= powers[bit]
      count += 1 << UInt64(bit)
    }
    return count + 1
  }

  /// The pieces of a run of data that are compared: whole blocks but for the ends of the run, neighbours together, none longer than
  /// a limit.
  ///
  /// - Parameters:
  ///   - run: offsets in the file.
  ///   - path: the file.
  ///   - longest: in bytes, a multiple of a block.
  ///   - body: gets each piece in order; false ends it.
  func forEachPiece(
    of run: Range<UInt64>, in path: PathHash, longest: UInt64, _ body: (Range<UInt64>) -> Bool
  ) {
    var piece: Range<UInt64>?
    var start = run.lowerBound
    while start < run.upperBound {
      let block = start / Self.blockSize
      let end = min(run.upperBound, (block + 1) * Self.blockSize)
      if includes(block, of: path) {
        if let open = piece, open.upperBound == start, end - open.lowerBound <= longest {
          piece = open.lowerBound..<end
        } else {
          if let open = piece, !body(open) { return }
          piece = start..<end
        }
      }
      start = end
    }
    if let open = piece { _ = body(open) }
  }

  /// In how many blocks a range lies, which is not empty.
  static func blocks(of range: Range<UInt64>) -> Int {
    Int((range.upperBound - 1) / blockSize - range.lowerBound / blockSize + 1)
  }

  /// How much of runs of data is compared: bytes, and the blocks in which they lie.
  func extent(of runs: [Range<UInt64>], in path: [UInt8]) -> (bytes: UInt64, blocks: Int) {
    let hash = PathHash(path)
    var sum = (bytes: UInt64(0), blocks: 0)
    func add(_ piece: Range<UInt64>) {
      sum.bytes += piece.upperBound - piece.lowerBound
      sum.blocks += Self.blocks(of: piece)
    }
    for run in runs where !run.isEmpty {
      if share >= 1 {
        add(run)
      } else {
        forEachPiece(of: run, in: hash, longest: Self.blockSize) {
          add($0)
          return true
        }
      }
    }
    return sum
  }

  private func includes(_ block: UInt64, of path: PathHash) -> Bool {
    if share >= 1 { return true }
    var numbers = SplitMix64(seed: seed ^ path.value &+ block &* 0x9e37_79b9_7f4a_7c15)
    _ = numbers.next()
    return numbers.unit() < share
  }

  /// A number that stands for a path: FNV-1a.
  struct PathHash: Sendable, Equatable {
    let value: UInt64

    init(_ path: [UInt8]) {
      value = path.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
  }
}
