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
  /// - Parameter least: the part where there is room.
  static func share(_ state: CacheStateLine, _ fileSystem: FileSystemStatus, least: Double) -> Double {
    let blocks = share(fileSystem.availableBlocks, cull: state.limits.bcull, stop: state.limits.bstop, least: least)
    guard fileSystem.files > 0 else { return blocks }
    return max(blocks, share(fileSystem.freeFiles, cull: state.limits.fcull, stop: state.limits.fstop, least: least))
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
