// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat
import CachefilesStore

/// What the answers for several files add up to.
package struct CachedFileTotals: Sendable, Equatable {
  /// The files.
  package private(set) var files = 0
  /// Their lengths in bytes.
  package private(set) var fileBytes: UInt64 = 0
  /// What of that the kernel can take from the cache, in bytes.
  package private(set) var cachedBytes: UInt64 = 0
  /// How many files have each state, in the order of its cases.
  private var counts = [Int](repeating: 0, count: CachedFileJudgement.State.allCases.count)

  /// Nothing yet.
  package init() {}

  /// Adds one file.
  package mutating func add(_ file: JudgedFile) {
    files += 1
    fileBytes = fileBytes.addingClamped(file.fileBytes)
    cachedBytes = cachedBytes.addingClamped(file.judgement.cachedBytes)
    counts[Self.index(of: file.judgement.state)] += 1
  }

  /// Adds what other files add up to.
  package mutating func add(_ other: CachedFileTotals) {
    files += other.files
    fileBytes = fileBytes.addingClamped(other.fileBytes)
    cachedBytes = cachedBytes.addingClamped(other.cachedBytes)
    for (index, count) in other.counts.enumerated() { counts[index] += count }
  }

  /// How many files have one of some states.
  package func count(_ states: CachedFileJudgement.State...) -> Int {
    states.reduce(0) { $0 + counts[Self.index(of: $1)] }
  }

  private static func index(of state: CachedFileJudgement.State) -> Int {
    switch state {
    case .cached: 0
    case .partial: 1
    case .empty: 2
    case .absent: 3
    case .stale: 4
    case .dirty: 5
    case .unknown: 6
    }
  }

  /// The cached part of all bytes, of one; of files without any byte, the part of the files.
  package var share: Double {
    if fileBytes > 0 { return Double(cachedBytes) / Double(fileBytes) }
    return files > 0 ? Double(count(.cached)) / Double(files) : 0
  }
}
