// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// A mount that many files share: the line has seven arrays, and copying it for each file would count references in all of them, which
/// threads do in turn.
final class ObservedMount: Equatable, Sendable {
  let entry: MountEntry
  let netfs: NetfsType?

  init(_ entry: MountEntry) {
    self.entry = entry
    netfs = entry.netfs
  }

  static func == (left: ObservedMount, right: ObservedMount) -> Bool { left === right || left.entry == right.entry }
}
