/// What a part of a cache adds up to.
public struct Tally: Sendable, Equatable {
  /// Objects: regular files at an object's place.
  public var objects = 0
  /// Allocated bytes, directories included.
  public var diskBytes: UInt64 = 0
  /// The sum of the files' lengths in bytes.
  public var fileBytes: UInt64 = 0
  /// With records: the sum of the sizes that the netfs files have, in bytes.
  public var objectBytes: UInt64 = 0
  /// With records: objects that were open for writing.
  public var dirtyObjects = 0
  /// With extents: bytes of data, the rest being holes.
  public var dataBytes: UInt64 = 0
  /// With extents: the number of runs of data.
  public var extents = 0
  /// The newest access time, nanoseconds since 1970; nil without objects.
  public var newestAccess: Int64? { newest < oldest ? nil : newest }
  /// The oldest access time, nanoseconds since 1970; nil without objects.
  public var oldestAccess: Int64? { newest < oldest ? nil : oldest }
  // Without objects the newest lies before the oldest.
  private var newest = Int64.min
  private var oldest = Int64.max

  /// An empty tally.
  public init() {}

  /// Adds another tally.
  public static func += (left: inout Tally, right: Tally) {
    left.objects += right.objects
    left.diskBytes &+= right.diskBytes
    left.fileBytes &+= right.fileBytes
    left.objectBytes &+= right.objectBytes
    left.dirtyObjects += right.dirtyObjects
    left.dataBytes &+= right.dataBytes
    left.extents += right.extents
    left.newest = max(left.newest, right.newest)
    left.oldest = min(left.oldest, right.oldest)
  }

  /// Counts one object's access time.
  @inline(__always)
  mutating func note(access time: Int64) {
    newest = max(newest, time)
    oldest = min(oldest, time)
  }
}

extension Tally {
  /// The counts without the bytes.
  var onlyCounts: Tally {
    var tally = self
    tally.diskBytes = 0
    tally.fileBytes = 0
    tally.dataBytes = 0
    tally.extents = 0
    return tally
  }

  /// The bytes without the counts.
  var withoutCounts: Tally {
    var tally = Tally()
    tally.diskBytes = diskBytes
    tally.fileBytes = fileBytes
    tally.dataBytes = dataBytes
    tally.extents = extents
    return tally
  }
}
