// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// The volumes of a report as comma-separated values, one line a volume, for spreadsheets.
struct CommaSeparated {
  private var csv = CSVWriter()

  /// The text.
  var text: [UInt8] { csv.bytes }

  init(_ report: StatisticsReport) {
    let questions = report.questions
    var header = ["volume", "netfs", "server", "export", "objects", "disk_bytes", "file_bytes"]
    if questions.records { header += ["object_bytes", "dirty_objects"] }
    if questions.extents { header += ["data_bytes", "extents"] }
    for name in header + ["oldest_ns", "newest_ns"] { csv.text(name.utf8) }
    csv.end()
    for volume in report.volumes { row(volume, questions) }
  }

  private mutating func row(_ volume: StatisticsReport.Volume, _ questions: StatisticsReport.Questions) {
    let (parsed, tally) = (NetfsVolume(volumeKey: volume.key.span, byteOrder: .host), volume.tally)
    csv.bytes(volume.key.span)
    for text in [volume.type.rawValue, parsed.server ?? "", parsed.export ?? ""] { csv.text(text.utf8) }
    csv.number(tally.objects)
    csv.number(tally.diskBytes)
    csv.number(tally.fileBytes)
    if questions.records {
      csv.number(tally.objectBytes)
      csv.number(tally.dirtyObjects)
    }
    if questions.extents {
      csv.number(tally.dataBytes)
      csv.number(tally.extents)
    }
    for time in [tally.oldestAccess, tally.newestAccess] {
      if let time { csv.number(time.clampedNanoseconds) } else { csv.empty() }
    }
    csv.end()
  }
}
