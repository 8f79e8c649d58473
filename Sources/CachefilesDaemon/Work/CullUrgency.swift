// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import LinuxIO

/// How much of the time a cull may take. Pure.
///
/// Who reads from the cache loses what a cull takes of the disk, of the processor and of the kernel's locks. As long as there is more
/// room than the limit at which culling begins, it works a part of the time; the less room is left below that, the more; from half-way
/// to the limit at which nothing is stored any more, all of it.
enum CullUrgency {
  /// The part of one.
  ///
  /// - Parameters:
  ///   - minimumFree: what is to be available whatever the kernel's limits are, in bytes.
  ///   - least: the part where there is room.
  static func share(
    _ state: CacheStateLine, _ fileSystem: FileSystemStatus, minimumFree: UInt64 = 0, least: Double
  ) -> Double {
    let limit = max(state.limits.bcull, minimumFree / max(1, fileSystem.blockSize))
    let blocks = share(fileSystem.availableBlocks, cull: limit, stop: state.limits.bstop, least: least)
    guard fileSystem.files > 0 else { return blocks }
    return max(blocks, share(fileSystem.freeFiles, cull: state.limits.fcull, stop: state.limits.fstop, least: least))
  }

  /// The part of one for limits of the daemon's own: twice as much each time that they are to be looked at again and the look before is
  /// not at its end, so that who stores faster than it removes does not get away with it.
  ///
  /// - Parameters:
  ///   - late: how long ago the look began.
  ///   - interval: the time between two looks.
  static func share(late: Duration, interval: Duration, least: Double) -> Double {
    guard interval > .zero else { return least }
    let doublings = min(7, max(0, late / interval))
    return min(1, least * Double(1 << Int(doublings)))
  }

  /// The same of one kind of room.
  static func share(_ available: UInt64, cull: UInt64, stop: UInt64, least: Double) -> Double {
    guard available < cull else { return least }
    guard stop < cull else { return 1 }
    let middle = stop + (cull - stop) / 2
    guard available > middle else { return 1 }
    return least + (1 - least) * Double(cull - available) / Double(cull - middle)
  }
}
