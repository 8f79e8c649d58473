// SPDX-License-Identifier: Apache-2.0
package import CachefilesFormat

extension StatisticsReport {
  /// An export that is cached in several volumes.
  package struct CachedTwice: Sendable {
    /// Which export, and what makes the volumes different.
    package var export: SameExport
    /// How many volumes of it have objects.
    package var volumes: Int
    /// What they hold together.
    package var tally: Tally
  }

  /// The exports that are cached more than once: at least two of their volumes have objects.
  package var cachedTwice: [CachedTwice] {
    SameExport.all(in: volumes.map(\.key)).compactMap { export in
      let filled = export.members.map { volumes[$0].tally }.filter { $0.objects > 0 }
      guard filled.count > 1 else { return nil }
      var tally = Tally()
      for one in filled { tally += one }
      return CachedTwice(export: export, volumes: filled.count, tally: tally)
    }
  }
}
