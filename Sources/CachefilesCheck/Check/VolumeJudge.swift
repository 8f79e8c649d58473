// SPDX-License-Identifier: Apache-2.0
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
    let length = volume.rules.volumeCoherencyLength
    switch attribute {
    case .failed, nil: break
    case .absent: found.append(judgement(.absent))
    case .longer(let count):
      let longest = VolumeRecord.headerLength + (length ?? VolumeRecord.longestCoherency)
      found.append(judgement(.tooLong(found: count, expected: longest)))
    case .value:
      if let rejection = VolumeRecord.rejection(of: value, coherencyLength: length) {
        found.append(judgement(rejection))
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

  /// What a kernel's reason not to use a volume is as a problem.
  private static func judgement(_ rejection: VolumeRejection) -> Judgement {
    let id: ProblemID =
      switch rejection {
      case .absent: .v04
      case .tooLong: .v05
      case .tooShort: .v06
      case .reserved, .coherencyDiffers: .v07
      }
    return Judgement(id, rejection.description)
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
            + "\((tally.newestChange - tally.oldestChange).clampedSeconds) s, and none has an object's owner and mode; "
            + "remove it with 'cachefiles purge --volume', so that its files are read anew, and copy caches with 'cachefiles copy'"
        )
      )
    }
    return found
  }

  /// Volumes that another volume of the same export has taken the place of, with the reason.
  ///
  /// A mount with other options (`rsize`, timeouts …) makes a volume of its own. Two such volumes can both be in use;
  /// one that nobody touched for 30 days longer than its sibling is taken for left behind, if all of it was looked at. One
  /// object proves no use: two that a kernel uses, in a volume that it uses, must have been used so late.
  ///
  /// A server on this machine is the end of a tunnel, whose port may be another one at each mount: its volumes belong
  /// together whatever their port, but for the root of an NFSv4 server (`fsid 0:0`), which all servers have.
  ///
  /// Where access times are not kept, or a repair has set one, nothing is known of use, and nobody is left behind.
  static func superseded(
    _ volumes: [(volume: ScannedVolume, tally: VolumeTally)], _ context: CheckContext
  ) -> [(Int, Judgement)] {
    guard context.hasAccessTimes else { return [] }
    var groups: [String: [Int]] = [:]
    for (index, entry) in volumes.enumerated() {
      let key = entry.volume.key
      guard case .nfs(let nfs) = NetfsVolume(volumeKey: key.span, byteOrder: .host) else { continue }
      let uniquifier = nfs.uniquifier.map { EscapedBytes.string($0) } ?? ""
      let port = isTunnelled(nfs) ? 0 : nfs.port
      groups["\(nfs.version).\(nfs.minorVersion) \(nfs.address) \(port) \(nfs.fsidText) \(uniquifier)", default: []]
        .append(index)
    }
    var found: [(Int, Judgement)] = []
    for group in groups.values where group.count > 1 {
      // Where something was used after now one of the clocks was wrong, and nobody knows which.
      if group.contains(where: { volumes[$0].tally.wasUsedAhead }) { continue }
      for index in group {
        let tally = volumes[index].tally
        guard !tally.isIncomplete, !tally.wasReset, let last = tally.newestAccess else { continue }
        let others = group.filter { $0 != index && isUsed(volumes[$0]) }.compactMap { volumes[$0].tally.uses.confirmed }
        guard let newest = others.max() else { continue }
        let lead = newest - last
        guard lead > staleAfter else { continue }
        let days = lead.clampedSeconds / 86_400
        let ports = Set(group.compactMap { tunnelPort(volumes[$0].volume.key) })
        let cause = ports.count > 1 ? "over another port of a tunnel on this machine" : "with other mount options"
        found.append((index, Judgement(.v11, "a volume of the same export \(cause) was used \(days) days later")))
      }
    }
    return found
  }

  /// Whether a kernel uses a volume with such a record.
  private static func isUsed(_ entry: (volume: ScannedVolume, tally: VolumeTally)) -> Bool {
    guard case .value = entry.tally.attribute else { return false }
    let length = entry.volume.rules.volumeCoherencyLength
    return VolumeRecord.rejection(of: entry.tally.value, coherencyLength: length) == nil
  }

  private static func isTunnelled(_ volume: NFSVolume) -> Bool {
    volume.address.isLoopback && (volume.fsidMajor != 0 || volume.fsidMinor != 0)
  }

  private static func tunnelPort(_ key: [UInt8]) -> UInt16? {
    guard case .nfs(let volume) = NetfsVolume(volumeKey: key.span, byteOrder: .host), isTunnelled(volume) else {
      return nil
    }
    return volume.port
  }

  private static let staleAfter = Duration.seconds(30 * 86_400)

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
