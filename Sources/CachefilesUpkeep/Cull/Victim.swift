// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// An object that a cull is going to remove, as a scan saw it.
struct Victim: Sendable {
  /// The directory that it stands in.
  let directory: VictimDirectory
  /// Its name there.
  let name: [UInt8]
  /// What has to be the same when it goes.
  let seen: SeenFile
  /// What it comes to.
  let sum: CullSum
  /// Its allocated bytes, for lists.
  let diskBytes: UInt64
  /// What its ``CullOrder`` says of it.
  let rank: Int64
  /// Whether a flag kept it from going when it was scanned.
  let isProtected: Bool

  /// Last access.
  var accessTime: Timestamp { seen.access }

  /// Its path below the root.
  var path: [UInt8] { directory.path.appending(component: name) }

  /// Its place in the order of culling.
  var key: CullKey { CullKey(rank: rank, path: path) }

  /// The order of culling: rank, then path. A path is not put together for it.
  static func precedes(_ left: Victim, _ right: Victim) -> Bool {
    let (first, second) = (left.rank, right.rank)
    if first != second { return first < second }
    if left.directory === right.directory { return left.name.lexicographicallyPrecedes(right.name) }
    return left.bytes.lexicographicallyPrecedes(right.bytes)
  }

  private var bytes: some Sequence<UInt8> {
    [directory.path, [UInt8(ascii: "/")], name].lazy.joined()
  }
}
