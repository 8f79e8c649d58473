// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat

/// What the answers for several files add up to.
package struct CachedFileTotals: Sendable, Equatable {
  /// The files.
  package private(set) var files = 0
  /// Their lengths in bytes.
  package private(set) var fileBytes: UInt64 = 0
  /// What of that the kernel can take from the cache, in bytes.
  package private(set) var cachedBytes: UInt64 = 0
  /// How many files have each state.
  package private(set) var counts: [CachedFileJudgement.State: Int] = [:]

  /// Nothing yet.
  package init() {}

  /// Adds one file.
  package mutating func add(_ file: JudgedFile) {
    files += 1
    fileBytes &+= file.fileBytes
    cachedBytes &+= file.judgement.cachedBytes
    counts[file.judgement.state, default: 0] += 1
  }

  /// Adds what other files add up to.
  package mutating func add(_ other: CachedFileTotals) {
    files += other.files
    fileBytes &+= other.fileBytes
    cachedBytes &+= other.cachedBytes
    counts.merge(other.counts) { $0 + $1 }
  }

  /// How many files have one of some states.
  package func count(_ states: CachedFileJudgement.State...) -> Int { states.reduce(0) { $0 + (counts[$1] ?? 0) } }

  /// The cached part of all bytes, of one; of files without any byte, the part of the files.
  package var share: Double {
    if fileBytes > 0 { return Double(cachedBytes) / Double(fileBytes) }
    return files > 0 ? Double(count(.cached)) / Double(files) : 0
  }
}
