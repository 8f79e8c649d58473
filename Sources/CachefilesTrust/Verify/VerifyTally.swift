// SPDX-License-Identifier: Apache-2.0
/// What a verification adds up to.
package struct VerifyTally: Sendable, Equatable {
  /// How many files there are of each state.
  package private(set) var files: [VerifiedFile.State: Int] = [:]
  /// Bytes that were compared and counted.
  package private(set) var comparedBytes: UInt64 = 0
  /// Bytes that the server has not.
  package private(set) var wrongBytes: UInt64 = 0
  /// In how many runs.
  package private(set) var wrongRanges = 0
  /// Blocks that were compared.
  package private(set) var blocks = 0
  /// Blocks of data that there were to choose from.
  package private(set) var allBlocks = 0

  /// Nothing yet.
  package init() {}

  /// How many files have a state.
  package func count(_ state: VerifiedFile.State) -> Int { files[state] ?? 0 }
  /// How many files there are.
  package var fileCount: Int { files.values.reduce(0, +) }
  /// How many files nothing can be said of although there may be a copy.
  package var openCount: Int { VerifiedFile.State.allCases.reduce(0) { $0 + ($1.isOpen ? count($1) : 0) } }

  /// Adds a file.
  ///
  /// - Parameters:
  ///   - blocks: of them were compared.
  ///   - allBlocks: there were to choose from.
  mutating func add(_ file: VerifiedFile, blocks: Int = 0, of allBlocks: Int = 0) {
    files[file.state, default: 0] += 1
    comparedBytes += file.comparedBytes
    wrongBytes += file.wrongBytes
    wrongRanges += file.wrongRanges
    self.blocks += blocks
    self.allBlocks += allBlocks
  }

  /// Adds what another run came to.
  mutating func add(_ other: VerifyTally) {
    files.merge(other.files) { $0 + $1 }
    comparedBytes += other.comparedBytes
    wrongBytes += other.wrongBytes
    wrongRanges += other.wrongRanges
    blocks += other.blocks
    allBlocks += other.allBlocks
  }
}
