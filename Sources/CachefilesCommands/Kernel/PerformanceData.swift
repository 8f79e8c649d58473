// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore
import LinuxIO

/// Figures behind the first line of `doctor`, in the form of monitoring plugins:
/// `label=value[unit];[warn];[crit];[min];[max]`. Past `bcull` is a warning, past `bstop` critical; counts go on from the start
/// of the kernel.
struct PerformanceData {
  let text: String

  init(_ examination: Examination) {
    var figures: [String] = []
    if let status = examination.fileSystem {
      let limits = CullLimits(examination.percentages, blocks: status.blocks, files: status.files)
      func bytes(_ blocks: UInt64) -> UInt64 { blocks.multipliedClamped(by: status.blockSize) }
      figures.append(
        Self.figure(
          "available", "\(bytes(status.availableBlocks))B", (bytes(limits.bcull), bytes(limits.bstop)),
          of: bytes(status.blocks)))
      if status.files > 0 {
        figures.append(
          Self.figure("free_files", "\(status.freeFiles)", (limits.fcull, limits.fstop), of: status.files))
      }
    }
    if let statistics = examination.view.statistics {
      let counts: [(String, Int?)] = [
        ("hits", statistics.hitCount?.hits), ("misses", statistics.hitCount?.misses), ("culled", statistics.culled),
        ("refused", statistics.refusedForSpace), ("cache_writes", statistics.cacheWrites),
      ]
      for case (let name, let count?) in counts { figures.append("\(name)=\(count)c;;;0") }
    }
    text = figures.joined(separator: " ")
  }

  /// A figure of which there must be at least so much.
  private static func figure(
    _ name: String, _ value: String, _ limits: (warning: UInt64, critical: UInt64), of total: UInt64
  ) -> String {
    "\(name)=\(value);\(limits.warning):;\(limits.critical):;0;\(total)"
  }
}
