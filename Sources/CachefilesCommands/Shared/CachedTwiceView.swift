// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesSurvey

/// Exports that are cached more than once, the same in `stats` and `du`. Nothing where there are none.
struct CachedTwiceView {
  let report: StatisticsReport

  func write(to json: inout JSONWriter) {
    let all = report.cachedTwice
    guard !all.isEmpty else { return }
    json.array("cached_twice") { json in
      for one in all {
        json.object { json in
          json.text("export", one.export.summary)
          json.array("differences") { json in for word in one.export.differences { json.text(nil, word) } }
          json.array("volumes") { json in
            for index in one.export.members { json.bytes(nil, report.volumes[index].key) }
          }
          json.number("objects", one.tally.objects)
          json.number("disk_bytes", one.tally.diskBytes)
        }
      }
    }
  }

  func lines(_ style: Style) -> [String] {
    report.cachedTwice.flatMap { one in
      [
        "",
        style.warning("cached twice") + "  \(one.export.summary): \(Quantity.count(one.volumes, "volume")), "
          + "\(Quantity.size(one.tally.diskBytes)) in \(Quantity.count(one.tally.objects, "object"))",
      ]
        + style.labelled(
          "              ",
          "they differ in \(one.export.differences.joined(separator: ", ")): mount this export the same way "
            + "everywhere, and its files are stored once")
    }
  }
}
