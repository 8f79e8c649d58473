// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey

/// The totals of a cache, the same in `stats` and `cache-du`.
struct TotalsView {
  let report: StatisticsReport

  func write(to json: inout JSONWriter) {
    let (statistics, totals) = (report.statistics, report.statistics.totals)
    json.object("totals") { json in
      json.number("volumes", report.volumes.count)
      json.number("objects", totals.objects)
      json.number("legacy_objects", statistics.legacy.objects)
      json.number("disk_bytes", totals.diskBytes)
      json.number("file_bytes", totals.fileBytes)
      json.number("graveyard_entries", statistics.graveyard.objects)
      json.number("graveyard_bytes", statistics.graveyard.diskBytes)
      json.number("foreign_entries", statistics.foreign.objects)
      json.number("foreign_bytes", statistics.foreign.diskBytes)
      json.number("fanouts", statistics.fanouts)
      json.number("errors", report.errors)
      Self.write(totals, report.questions, to: &json)
    }
  }

  /// What was asked beyond `stat`.
  static func write(_ tally: Tally, _ questions: StatisticsReport.Questions, to json: inout JSONWriter) {
    if questions.records {
      json.number("object_bytes", tally.objectBytes)
      json.number("dirty_objects", tally.dirtyObjects)
    }
    if questions.extents {
      json.number("data_bytes", tally.dataBytes)
      json.number("extents", tally.extents)
      if questions.records { json.number("cached_bytes", tally.cachedBytes) }
    }
  }
}
