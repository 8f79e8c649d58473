// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
package import LinuxIO

/// What a part of a cache adds up to.
package struct Tally: Sendable, Equatable {
  /// Objects: regular files at an object's place.
  package var objects = 0
  /// Allocated bytes, directories included.
  package var diskBytes: UInt64 = 0
  /// The sum of the files' lengths in bytes.
  package var fileBytes: UInt64 = 0
  /// With records: the sum of the sizes that the netfs files have, in bytes.
  package var objectBytes: UInt64 = 0
  /// With records: objects that were open for writing.
  package var dirtyObjects = 0
  /// With extents: bytes of data, the rest being holes.
  package var dataBytes: UInt64 = 0
  /// With records and extents: bytes of the netfs files that are cached. A run of data reaches to the end of its last block, which is
  /// behind the end of most files; what lies there is not counted.
  package var cachedBytes: UInt64 = 0
  /// With extents: the number of runs of data.
  package var extents = 0
  /// The newest access time; nil without objects.
  package var newestAccess: Timestamp? { newest < oldest ? nil : Timestamp(nanosecondsSince1970: newest) }
  /// The oldest access time; nil without objects.
  package var oldestAccess: Timestamp? { newest < oldest ? nil : Timestamp(nanosecondsSince1970: oldest) }
  // In nanoseconds since 1970, in which two moments are compared by one instruction: tallies are added for each object.
  // Without objects the newest lies before the oldest.
  private var newest = Int64.min
  private var oldest = Int64.max

  /// An empty tally.
  package init() {}

  /// Adds another tally.
  package static func += (left: inout Tally, right: Tally) {
    left.objects += right.objects
    left.diskBytes = left.diskBytes.addingClamped(right.diskBytes)
    left.fileBytes = left.fileBytes.addingClamped(right.fileBytes)
    left.objectBytes = left.objectBytes.addingClamped(right.objectBytes)
    left.dirtyObjects += right.dirtyObjects
    left.dataBytes = left.dataBytes.addingClamped(right.dataBytes)
    left.cachedBytes = left.cachedBytes.addingClamped(right.cachedBytes)
    left.extents += right.extents
    left.newest = max(left.newest, right.newest)
    left.oldest = min(left.oldest, right.oldest)
  }

  /// Counts one object's access time.
  @inline(__always)
  mutating func note(access time: Timestamp) {
    let time = time.clampedNanoseconds
    newest = max(newest, time)
    oldest = min(oldest, time)
  }
}

extension Tally {
  /// How much of the netfs files is cached, of one; nil where that is not known. Without the runs of data, what is allocated tells nearly
  /// the same.
  package func cachedShare(hasExtents: Bool) -> Double? {
    guard objectBytes > 0 else { return nil }
    return min(1, Double(hasExtents ? cachedBytes : diskBytes) / Double(objectBytes))
  }

  /// The counts without the bytes.
  var onlyCounts: Tally {
    var tally = self
    tally.diskBytes = 0
    tally.fileBytes = 0
    tally.objectBytes = 0
    tally.dataBytes = 0
    tally.cachedBytes = 0
    tally.extents = 0
    return tally
  }

  /// The bytes without the counts.
  var withoutCounts: Tally {
    var tally = Tally()
    tally.diskBytes = diskBytes
    tally.fileBytes = fileBytes
    tally.objectBytes = objectBytes
    tally.dataBytes = dataBytes
    tally.cachedBytes = cachedBytes
    tally.extents = extents
    return tally
  }
}
