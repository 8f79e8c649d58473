// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep

/// What a purge will take out, for the question and for `-n`.
struct PurgePlanLines {
  let plan: PurgePlan

  func lines(_ style: Style) -> [String] {
    var table = Table([("DISK", .right), ("OBJECTS", .right), ("DIRTY", .right), ("WHAT", .left)])
    for (path, key, amount) in rows {
      let what = key.map { NetfsVolume(volumeKey: $0.span, byteOrder: .host).summary + "  " } ?? ""
      table.add([
        Quantity.size(amount.diskBytes), Quantity.count(amount.objects), Quantity.count(amount.dirtyObjects),
        what + EscapedBytes.string(path),
      ])
    }
    return table.lines(style, indent: "  ") { text, row, _ in row < 0 ? style.faint(text) : text }
  }

  /// What goes; the parts of a volume of which some stays are one row.
  private var rows: [(path: [UInt8], key: [UInt8]?, amount: PurgeAmount)] {
    var rows: [(path: [UInt8], key: [UInt8]?, amount: PurgeAmount)] = []
    for target in plan.targets {
      let path = target.part ?? target.path
      if let last = rows.indices.last, target.part != nil, rows[last].path == path {
        rows[last].amount += target.amount
      } else {
        rows.append((path, target.part.flatMap { CachePath($0).volumeKey } ?? target.volumeKey, target.amount))
      }
    }
    return rows
  }
}
