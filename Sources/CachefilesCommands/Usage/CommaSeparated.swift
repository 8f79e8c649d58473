// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO

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
        Self.harmless(EscapedBytes.string(volume.key)), volume.type.rawValue, Self.harmless(parsed.server ?? ""),
        Self.harmless(parsed.export ?? ""),
        String(tally.objects), String(tally.diskBytes), String(tally.fileBytes),
      ]
      if questions.records { cells += [String(tally.objectBytes), String(tally.dirtyObjects)] }
      if questions.extents { cells += [String(tally.dataBytes), String(tally.extents)] }
      row(cells + [tally.oldestAccess, tally.newestAccess].map { $0.map { String($0.clampedNanoseconds) } ?? "" })
    }
  }

  /// A text that a server or a client chose, so that no spreadsheet takes it for a formula and runs it: an apostrophe before
  /// it says that it is text. Behind a separator in it, where a reader that knows no quotes would begin a cell, what begins a
  /// formula is written as `\xHH`, as everything that is escaped.
  private static func harmless(_ text: String) -> String {
    var result = ""
    var last: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      let begins = "=+-@|".unicodeScalars.contains(scalar)
      if begins, last == nil {
        result += "'"
        result.unicodeScalars.append(scalar)
      } else if begins, let last, ",;\t".unicodeScalars.contains(last) {
        result += "\\x" + Hex.string([UInt8(truncatingIfNeeded: scalar.value)])
      } else {
        result.unicodeScalars.append(scalar)
      }
      last = scalar
    }
    return result
  }

  private mutating func row(_ cells: [String]) {
    let quoted = cells.map { cell in
      guard cell.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }) else { return cell }
      return "\"" + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
    text += quoted.joined(separator: ",").utf8 + [UInt8(ascii: "\r"), UInt8(ascii: "\n")]
  }
}
