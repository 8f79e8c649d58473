// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO

/// What a check gathers about a volume while it looks at its entries.
struct VolumeTally: Sendable {
  var path: [UInt8] = []
  var status = FileStatus()
  var attribute: AttributeReading?
  var value: [UInt8] = []
  var objects = 0
  /// Objects that may hold writes which the server never got.
  var dirty = 0
  /// Whether something of the volume was not looked at: it could not be read, or something is mounted over it.
  var isIncomplete = false
  var diskBytes: UInt64 = 0
  var fanouts: Set<UInt8> = []
  /// The last use of anything in it.
  var newestAccess: Timestamp? {
    get { newest.map { Timestamp(nanosecondsSince1970: $0) } }
    set { newest = newValue?.clampedNanoseconds }
  }
  // In nanoseconds since 1970: it is compared for each object.
  private var newest: Int64?
  /// The last uses of objects that a kernel uses.
  var uses = LatestUses()
  /// Whether something in it was used after now, by the check's clock.
  var wasUsedAhead = false
  /// Whether something in it has a last use that a repair set, and not a kernel: when it was used nobody knows.
  var wasReset = false
  /// Objects of more than one page.
  var large = 0
  /// Those of them that have no hole.
  var dense = 0
  /// Those of them whose owner and mode no kernel gives.
  var strange = 0
  var oldestChange = Timestamp.distantFuture
  var newestChange = Timestamp.distantPast
  /// For volumes of unknown type: paths by the length of the attribute, a few of each.
  var lengths: [Int: LengthClass] = [:]

  struct LengthClass: Sendable {
    var count = 0
    var examples: [Finding.Subject] = []
    static let limit = 1000
  }

  /// Counts one object.
  ///
  /// - Parameters:
  ///   - latestCredible: the latest last use that the check's clock allows, ``CheckContext/latestCredibleUse``.
  ///   - isUsable: whether a kernel finds and uses it.
  ///   - hasHole: whether it is known to have one, whatever its blocks say.
  @inline(__always)
  mutating func add(
    _ status: FileStatus, latestCredible: Timestamp = .distantFuture, isUsable: Bool = true, hasHole: Bool = false
  ) {
    objects += 1
    let access = status.access.clampedNanoseconds
    if newest ?? .min <= access { newest = access }
    if Self.isReset(status) {
      wasReset = true
    } else if isUsable {
      uses.add(access)
    }
    if status.access > latestCredible { wasUsedAhead = true }
    guard status.size > ObjectJudge.pageSize else { return }
    large += 1
    if status.allocatedBytes >= status.size, !hasHole { dense += 1 }
    if Self.isStrange(status) { strange += 1 }
    oldestChange = min(oldestChange, status.change)
    newestChange = max(newestChange, status.change)
  }

  /// Whether the last use may be one that a repair has set (O24): a whole second, and not after the last modification.
  private static func isReset(_ status: FileStatus) -> Bool {
    status.access.nanoseconds == 0 && status.access <= status.modification
  }

  /// Whether no kernel gives a file this owner and mode.
  private static func isStrange(_ status: FileStatus) -> Bool { status.owner != 0 || status.permissions & 0o077 != 0 }

  /// Whether a file's status alone says what that of one from an archive does: no hole, by its blocks, and strange.
  @inline(__always)
  static func looksRestored(_ status: FileStatus) -> Bool {
    status.size > ObjectJudge.pageSize && isStrange(status) && status.allocatedBytes >= status.size
  }

  /// Whether everything speaks for a copy by a tool that fills holes: no holes at all, written in one go, and neither
  /// the owner nor the mode that the kernel gives. Few objects prove nothing.
  var looksRestored: Bool {
    large >= 8 && dense == large && strange == large
      && newestChange - oldestChange < .seconds(600)
  }

  mutating func merge(_ other: VolumeTally) {
    if !other.path.isEmpty {
      path = other.path
      status = other.status
      attribute = other.attribute
      value = other.value
    }
    objects += other.objects
    dirty += other.dirty
    isIncomplete = isIncomplete || other.isIncomplete
    diskBytes &+= other.diskBytes
    fanouts.formUnion(other.fanouts)
    if let time = other.newestAccess { newestAccess = max(newestAccess ?? time, time) }
    uses.merge(other.uses)
    wasUsedAhead = wasUsedAhead || other.wasUsedAhead
    wasReset = wasReset || other.wasReset
    large += other.large
    dense += other.dense
    strange += other.strange
    oldestChange = min(oldestChange, other.oldestChange)
    newestChange = max(newestChange, other.newestChange)
    for (length, new) in other.lengths {
      lengths[length, default: LengthClass()].count += new.count
      let room = LengthClass.limit - (lengths[length]?.examples.count ?? 0)
      lengths[length]?.examples += new.examples.prefix(max(0, room))
    }
  }
}
