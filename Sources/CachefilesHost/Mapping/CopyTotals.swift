package import CachefilesFormat

/// One file with the answer for it.
package struct JudgedFile: Sendable, Equatable {
  /// The file and where its object is.
  package var mapping: FileMapping
  /// How much of it is cached.
  package var judgement: CopyJudgement

  /// The file's path as it was asked for.
  package var path: [UInt8] { mapping.file.path }
  /// The file's length in bytes.
  package var fileBytes: UInt64 { mapping.file.facts.size }
  /// The part that the kernel can take from the cache, of one.
  package var share: Double { judgement.share(of: fileBytes) }
}

/// What the answers for several files add up to.
package struct CopyTotals: Sendable, Equatable {
  /// The files.
  package private(set) var files = 0
  /// Their lengths in bytes.
  package private(set) var fileBytes: UInt64 = 0
  /// What of that the kernel can take from the cache, in bytes.
  package private(set) var cachedBytes: UInt64 = 0
  /// How many files have each state.
  package private(set) var counts: [CopyJudgement.State: Int] = [:]

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
  package mutating func add(_ other: CopyTotals) {
    files += other.files
    fileBytes &+= other.fileBytes
    cachedBytes &+= other.cachedBytes
    counts.merge(other.counts) { $0 + $1 }
  }

  /// How many files have one of some states.
  package func count(_ states: CopyJudgement.State...) -> Int { states.reduce(0) { $0 + (counts[$1] ?? 0) } }

  /// The cached part of all bytes, of one; of files without any byte, the part of the files.
  package var share: Double {
    if fileBytes > 0 { return Double(cachedBytes) / Double(fileBytes) }
    return files > 0 ? Double(count(.cached)) / Double(files) : 0
  }
}
