// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import LinuxIO

/// Which objects have gone unused for longest, identified by inode number, in bounded memory, whatever the number
/// of objects. The scans after the first one look at these and at nothing else.
///
/// It decides nothing: what a scan looks at is judged by what the file system says of it then.
struct OldestObjects: Sendable {
  /// An object's last use in seconds since 1970, and the mark of its inode number: eight bytes.
  private struct Use: Sendable {
    var second: UInt32
    var mark: UInt32
  }

  /// At most so many in one thread.
  private let limit: Int
  private var own: [Use] = []
  /// What other threads had.
  private var others: [[Use]] = []
  /// Everything that was used before this second is among them.
  private var completeBefore: UInt32 = .max

  /// How many all threads together keep: 4 MiB.
  static let capacity = 1 << 19

  init(limit: Int) { self.limit = max(4, limit) }

  /// The second of a last use. What was used before 1970 counts as used then, which keeps the order; what was used after
  /// 2106 is not taken note of.
  @inline(__always)
  private static func second(_ time: Timestamp) -> UInt32 { UInt32(clamping: time.seconds) }

  /// Takes note of an object. `inode` is the number in its directory's record.
  @inline(__always)
  mutating func add(_ inode: UInt64, usedAt time: Timestamp) {
    let second = Self.second(time)
    guard second < completeBefore else { return }
    own.append(Use(second: second, mark: InodeFilter.mark(of: inode)))
    if own.count >= limit { forget() }
  }

  /// Lets go of the quarter that was used last.
  private mutating func forget() {
    let bound = Quickselect.value(of: own.map(\.second), inPlace: own.count - own.count / 4 - 1)
    completeBefore = bound
    own.removeAll { $0.second >= bound }
  }

  /// Takes over what another thread has.
  mutating func merge(_ other: OldestObjects) {
    completeBefore = min(completeBefore, other.completeBefore)
    others += other.others
    others.append(other.own)
  }

  /// A filter that lets pass whatever was last used within some times, given as ranks of ``CullOrder/lastUse``; nil when not all of that is known.
  func filter(within ranks: ClosedRange<Int64>) -> InodeFilter? {
    let seconds =
      Self.second(CullOrder.use(ofRank: ranks.lowerBound))...Self.second(CullOrder.use(ofRank: ranks.upperBound))
    guard seconds.upperBound < completeBefore else { return nil }
    var count = 0
    for uses in others + [own] { for use in uses where seconds.contains(use.second) { count += 1 } }
    var filter = InodeFilter(capacity: count)
    for uses in others + [own] { for use in uses where seconds.contains(use.second) { filter.insert(mark: use.mark) } }
    return filter
  }
}
