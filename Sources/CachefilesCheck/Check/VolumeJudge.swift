import CachefilesFormat
import CachefilesStore
import LinuxIO

/// Judges one volume from what a scan saw of it. Pure: no system calls.
///
/// The kernel's side of it is `cachefiles_acquire_volume` (fs/cachefiles/volume.c) and `cachefiles_check_volume_xattr`
/// (fs/cachefiles/xattr.c).
enum VolumeJudge {
  /// What is wrong with the volume directory itself: its record and its key.
  static func judge(_ volume: ScannedVolume, attribute: AttributeReading?, value: [UInt8]) -> [Judgement] {
    var found: [Judgement] = []
    let length = volume.type.volumeCoherencyLength
    let expected = length.map { $0 + VolumeRecord.headerLength }
    switch attribute {
    case .failed, nil: break
    case .absent: found.append(Judgement(.v04, "it has no \(CacheAttribute.name) attribute"))
    case .longer(let count): found.append(tooLong(count, expected ?? VolumeRecord.headerLength + 255))
    case .value(let count):
      if count > expected ?? VolumeRecord.headerLength + 255 {
        found.append(tooLong(count, expected ?? VolumeRecord.headerLength + 255))
      } else if count < expected ?? VolumeRecord.headerLength {
        let least = expected ?? VolumeRecord.headerLength
        found.append(Judgement(.v06, "its attribute has \(count) bytes, fewer than the \(least) expected"))
      } else {
        let span = value.span
        let reserved = span.load(UInt32.self, at: 0, .big)
        if reserved != 0 { found.append(Judgement(.v07, "its reserved bytes are \(reserved), not 0")) }
      }
    }
    let key = volume.key
    switch NetfsVolume(volumeKey: key.span, byteOrder: .host) {
    case .unknown: found.append(Judgement(.v10, "no network file system known here makes such a key"))
    case .malformed(let type, let reason): found.append(Judgement(.v10, "no key of \(type.rawValue): \(reason)"))
    default: break
    }
    return found
  }

  private static func tooLong(_ count: Int, _ longest: Int) -> Judgement {
    Judgement(.v05, "its attribute has \(count) bytes, more than the \(longest) expected")
  }

  /// The header that a volume of this netfs always has; nil when it holds coherency data that only the server knows.
  static func constantHeader(_ type: NetfsType) -> [UInt8]? {
    type.volumeCoherencyLength == 0 ? VolumeRecord().bytes : nil
  }

  /// What the objects of a volume tell together. Of what could not all be looked at, nothing is said to be missing.
  static func judge(_ volume: ScannedVolume, _ tally: VolumeTally, _ context: CheckContext) -> [Judgement] {
    var found: [Judgement] = []
    if volume.type == .erofs, context.kernel >= KernelRelease(7, 2) {
      found.append(Judgement(.v12, "kernel \(context.kernel) has no on-demand mode"))
    }
    if tally.isIncomplete { return found }
    if tally.objects == 0 { found.append(Judgement(.v08, "it has no objects")) }
    if tally.fanouts.count < 256 {
      found.append(Judgement(.f01, "it lacks \(256 - tally.fanouts.count) of its 256 fanout directories"))
    }
    if tally.looksRestored {
      found.append(
        Judgement(
          .o25,
          "none of its \(tally.large) larger objects has a hole, all were written within "
            + "\(tally.newestChange.subtractingClamped(tally.oldestChange) / 1_000_000_000) s, and none has an object's owner and mode"
        )
      )
    }
    return found
  }

  /// Volumes that another volume of the same export has taken the place of, with the reason.
  ///
  /// A mount with other options (`rsize`, timeouts …) makes a volume of its own. Two such volumes can both be in use;
  /// one that nobody touched for 30 days longer than its sibling is taken for left behind, if all of it was looked at. One
  /// object proves no use: two that a kernel can find must have been used so late.
  static func superseded(_ volumes: [(volume: ScannedVolume, tally: VolumeTally)]) -> [(Int, Judgement)] {
    var groups: [String: [Int]] = [:]
    for (index, entry) in volumes.enumerated() {
      let key = entry.volume.key
      guard case .nfs(let nfs) = NetfsVolume(volumeKey: key.span, byteOrder: .host) else { continue }
      let uniquifier = nfs.uniquifier.map { EscapedBytes.string($0) } ?? ""
      groups["\(nfs.version).\(nfs.minorVersion) \(nfs.address) \(nfs.port) \(nfs.fsidText) \(uniquifier)", default: []]
        .append(index)
    }
    var found: [(Int, Judgement)] = []
    for group in groups.values where group.count > 1 {
      // Where something was used after now one of the clocks was wrong, and nobody knows which.
      if group.contains(where: { volumes[$0].tally.wasUsedAhead }) { continue }
      for index in group {
        let tally = volumes[index].tally
        guard !tally.isIncomplete, let last = tally.newestAccess else { continue }
        let others = group.filter { $0 != index }.compactMap { volumes[$0].tally.uses.confirmed }
        guard let newest = others.max() else { continue }
        let lead = newest.subtractingClamped(last)
        guard lead > staleAfter else { continue }
        let days = lead / 86_400_000_000_000
        found.append(
          (index, Judgement(.v11, "a volume of the same export with other mount options was used \(days) days later")))
      }
    }
    return found
  }

  private static let staleAfter: Int64 = 30 * 86_400_000_000_000

  /// Volumes whose names are the same to somebody who folds case or Unicode forms.
  static func confusable(_ volumes: [ScannedVolume]) -> [(Int, Judgement)] {
    var groups: [String: [Int]] = [:]
    for (index, volume) in volumes.enumerated() {
      // The one place where names are compared as text: that is the question. What is no text looks like nothing else.
      guard let text = String(validating: volume.key, as: UTF8.self) else { continue }
      groups[text.lowercased(), default: []].append(index)
    }
    return groups.values.filter { $0.count > 1 }.flatMap { group in
      group.map { index in
        let other = group.first { $0 != index } ?? index
        return (
          index,
          Judgement(
            .o23, "its name differs from \(EscapedBytes.string(volumes[other].key)) only by case or Unicode form")
        )
      }
    }
  }
}

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
  var newestAccess: Int64?
  /// The last uses of objects that a kernel can find.
  var uses = LatestUses()
  /// Whether something in it was used after now, by the check's clock.
  var wasUsedAhead = false
  /// Objects of more than one page.
  var large = 0
  /// Those of them that have no hole.
  var dense = 0
  /// Those of them whose owner and mode no kernel gives.
  var strange = 0
  var oldestChange = Int64.max
  var newestChange = Int64.min
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
  ///   - now: the check's clock, nanoseconds since 1970.
  ///   - isFindable: whether a kernel finds it by its name and place.
  @inline(__always)
  mutating func add(_ status: FileStatus, now: Int64 = .max, isFindable: Bool = true) {
    objects += 1
    let access = status.accessTime
    if newestAccess ?? .min < access { newestAccess = access }
    if isFindable { uses.add(access) }
    if access.subtractingClamped(now) > CheckContext.clockTolerance { wasUsedAhead = true }
    guard status.size > ObjectJudge.pageSize else { return }
    large += 1
    if status.allocatedBytes >= status.size { dense += 1 }
    if status.owner != 0 || status.permissions & 0o077 != 0 { strange += 1 }
    oldestChange = min(oldestChange, status.changeTime)
    newestChange = max(newestChange, status.changeTime)
  }

  /// Whether everything speaks for a copy by a tool that fills holes: no holes at all, written in one go, and neither
  /// the owner nor the mode that the kernel gives. Few objects prove nothing.
  var looksRestored: Bool {
    large >= 8 && dense == large && strange == large
      && newestChange.subtractingClamped(oldestChange) < 600_000_000_000
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
