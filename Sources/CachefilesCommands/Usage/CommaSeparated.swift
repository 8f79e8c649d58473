import CachefilesFormat
import CachefilesStore

/// The volumes of a report as comma-separated values (RFC 4180), one line a volume, for spreadsheets.
struct CommaSeparated {
  private(set) var text: [UInt8] = []

  init(_ report: StatisticsReport) {
    let questions = report.questions
    var header = ["volume", "netfs", "server", "export", "objects", "disk_bytes", "file_bytes"]
    if questions.records { header += ["object_bytes", "dirty_objects"] }
    if questions.extents { header += ["data_bytes", "extents"] }
    row(header + ["oldest_ns", "newest_ns"])
    for volume in report.volumes {
      let (parsed, tally) = (NetfsVolume(volumeKey: volume.key.span, byteOrder: .host), volume.tally)
      var cells = [
        EscapedBytes.string(volume.key), volume.type.rawValue, parsed.server ?? "", parsed.export ?? "",
        String(tally.objects), String(tally.diskBytes), String(tally.fileBytes),
      ]
      if questions.records { cells += [String(tally.objectBytes), String(tally.dirtyObjects)] }
      if questions.extents { cells += [String(tally.dataBytes), String(tally.extents)] }
      row(cells + [tally.oldestAccess, tally.newestAccess].map { $0.map { String($0) } ?? "" })
    }
  }

  private mutating func row(_ cells: [String]) {
    let quoted = cells.map { cell in
      guard cell.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }) else { return cell }
      return "\"" + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
    text += quoted.joined(separator: ",").utf8 + [UInt8(ascii: "\r"), UInt8(ascii: "\n")]
  }
}
