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

  /// The same for so many files of which it is still true: of the others the object was changed, or they are gone, and what there is of
  /// them is compared again. What nothing could be told of stays.
  func of(_ count: Int) -> VerifyTally {
    var result = self
    for state in [VerifiedFile.State.right, .unsampled] {
      result.files[state] = result.count(state) - min(result.count(state), max(0, result.fileCount - count))
    }
    result.files = result.files.filter { $0.value > 0 }
    return result
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

extension VerifyTally: Codable {
  private enum Key: String, CodingKey {
    case files, compared, wrong, ranges, blocks, all
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    for (name, count) in try values.decode([String: Int].self, forKey: .files) {
      if let state = VerifiedFile.State(rawValue: name) { files[state] = count }
    }
    comparedBytes = try values.decode(UInt64.self, forKey: .compared)
    wrongBytes = try values.decode(UInt64.self, forKey: .wrong)
    wrongRanges = try values.decode(Int.self, forKey: .ranges)
    blocks = try values.decode(Int.self, forKey: .blocks)
    allBlocks = try values.decode(Int.self, forKey: .all)
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(
      Dictionary(uniqueKeysWithValues: files.map { ($0.key.rawValue, $0.value) }), forKey: .files)
    try values.encode(comparedBytes, forKey: .compared)
    try values.encode(wrongBytes, forKey: .wrong)
    try values.encode(wrongRanges, forKey: .ranges)
    try values.encode(blocks, forKey: .blocks)
    try values.encode(allBlocks, forKey: .all)
  }
}
