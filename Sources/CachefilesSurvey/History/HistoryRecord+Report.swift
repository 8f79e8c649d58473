// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import LinuxIO

extension HistoryRecord {
  /// What a history keeps of a run that was asked for the age curve.
  package init(_ report: StatisticsReport) {
    var (space, files): (Room?, Room?)
    if let status = report.fileSystem, let limits = report.limits {
      let size = status.blockSize
      space = Room(
        total: status.blocks.multipliedClamped(by: size), available: status.availableBlocks.multipliedClamped(by: size),
        run: limits.brun.multipliedClamped(by: size), cull: limits.bcull.multipliedClamped(by: size))
      files = Room(total: status.files, available: status.freeFiles, run: limits.frun, cull: limits.fcull)
    }
    let now = report.questions.now
    let use = report.ageCurve.map { curve in
      Self.spans.map { days in
        Use(days: days, bytes: curve.bytes(usedSince: now - .seconds(86_400 * days)))
      }
    }
    self.init(
      root: report.root, time: now, objects: report.statistics.totals.objects,
      diskBytes: report.statistics.totals.diskBytes, space: space, files: files,
      hasAccessTimes: report.fileSystem.map { !$0.hasNoAccessTimes } ?? false,
      culled: report.kernelStatistics?.culled, refused: report.kernelStatistics?.refusedForSpace,
      heldSince: report.ageCurve?.start(leavingOut: 0.01), use: use ?? [], errors: report.errors)
  }
}
