// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// The file system below a cache, and how far it is from the limits at which the kernel culls and stops.
struct LimitsView {
  let report: StatisticsReport
  /// Whether to draw how full it is.
  var hasBars = true

  func write(to json: inout JSONWriter) {
    if let fileSystem = report.fileSystem {
      json.object("file_system") { json in
        json.text("type", fileSystem.typeName)
        json.number("block_bytes", fileSystem.blockSize)
        json.number("total_bytes", fileSystem.blocks.multipliedClamped(by: fileSystem.blockSize))
        json.number("available_bytes", fileSystem.availableBlocks.multipliedClamped(by: fileSystem.blockSize))
        json.number("files", fileSystem.files)
        json.number("free_files", fileSystem.freeFiles)
        json.bool("access_times", !fileSystem.hasNoAccessTimes)
      }
    }
    if let limits = report.limits, let size = report.fileSystem?.blockSize {
      json.object("limits") { json in
        json.number("brun_bytes", limits.brun.multipliedClamped(by: size))
        json.number("bcull_bytes", limits.bcull.multipliedClamped(by: size))
        json.number("bstop_bytes", limits.bstop.multipliedClamped(by: size))
        json.number("frun_files", limits.frun)
        json.number("fcull_files", limits.fcull)
        json.number("fstop_files", limits.fstop)
      }
    }
  }

  /// Labels and facts.
  var facts: [(String, String)] {
    guard let status = report.fileSystem else { return [] }
    let available = status.availableBlocks.multipliedClamped(by: status.blockSize)
    let total = status.blocks.multipliedClamped(by: status.blockSize)
    var text = "\(status.typeName), \(Quantity.size(available)) of \(Quantity.size(total)) available"
    if status.hasNoAccessTimes { text += "; mounted with noatime: \(UseNote.noAccessTimes)" }
    guard let limits = report.limits else { return [("file system", text)] }
    let judgement = limits.judge(freeFiles: status.freeFiles, availableBlocks: status.availableBlocks, culling: false)
    if !judgement.isAllowed {
      text += "; below the stop limit: nothing new is cached"
    } else if judgement.isCulling {
      text += "; below the cull limit"
    }
    var facts = [("file system", text)]
    facts.append(
      (
        "space",
        distance(
          status.availableBlocks, limits.brun, limits.bcull, limits.bstop, of: status.blocks
        ) { Quantity.size($0.multipliedClamped(by: status.blockSize)) }
      ))
    if status.files > 0 {
      facts.append(
        (
          "files",
          distance(status.freeFiles, limits.frun, limits.fcull, limits.fstop, of: status.files) {
            Quantity.count(Int(clamping: $0))
          }
        ))
    }
    return facts
  }

  /// How far something is from its limits.
  private func distance(
    _ free: UInt64, _ run: UInt64, _ cull: UInt64, _ stop: UInt64, of total: UInt64, _ words: (UInt64) -> String
  ) -> String {
    let share = Bar.share(1 - Double(free) / Double(max(1, total)), width: 20)
    let bar = hasBars ? "[\(share)] " : ""
    if free < stop {
      return bar + "\(words(stop - free)) below the stop limit, \(words(run - free)) below where culling ends"
    }
    if free < cull {
      return bar
        + "culling goes on until \(words(run - free)) more are free; \(words(free - stop)) left before the stop limit"
    }
    return bar + "\(words(free - cull)) until culling begins, \(words(free - stop)) until nothing new is cached"
  }
}
