// SPDX-License-Identifier: Apache-2.0

/// The place of an object in the order of culling: by rank, then by path.
struct CullKey: Comparable, Sendable, Equatable {
  /// What its ``CullOrder`` says of it: the last use, as a rule.
  var rank: Int64
  /// The path below the root.
  var path: [UInt8]

  static func < (left: CullKey, right: CullKey) -> Bool {
    left.rank != right.rank
      ? left.rank < right.rank : left.path.lexicographicallyPrecedes(right.path)
  }
}

extension CullKey {
  /// The place behind everything of a rank.
  init(behind rank: Int64) { self.init(rank: rank, path: [0xff]) }
}
