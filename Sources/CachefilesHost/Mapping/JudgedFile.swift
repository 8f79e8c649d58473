// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat

/// One file with the answer for it.
package struct JudgedFile: Sendable, Equatable {
  /// The file and where its object is.
  package var mapping: FileMapping
  /// How much of it is cached.
  package var judgement: CachedFileJudgement

  /// Puts an answer together.
  package init(mapping: FileMapping, judgement: CachedFileJudgement) {
    self.mapping = mapping
    self.judgement = judgement
  }

  /// The file's path as it was asked for.
  package var path: [UInt8] { mapping.file.path }
  /// The file's length in bytes.
  package var fileBytes: UInt64 { mapping.file.facts.size }
  /// The part that the kernel can take from the cache, of one.
  package var share: Double { judgement.share(of: fileBytes) }
}
