import CachefilesFormat
import CachefilesStore
import CachefilesUpkeep

/// What a purge will take out, for the question and for `-n`.
struct PurgePlanLines {
  let plan: PurgePlan

  func lines(_ style: Style) -> [String] {
    var table = Table([("DISK", .right), ("OBJECTS", .right), ("DIRTY", .right), ("WHAT", .left)])
    for target in plan.targets {
      let what =
        target.volumeKey.map { NetfsVolume(volumeKey: $0.span, byteOrder: .host).summary + "  " } ?? ""
      table.add([
        Quantity.size(target.amount.diskBytes), Quantity.count(target.amount.objects),
        Quantity.count(target.amount.dirtyObjects), what + EscapedBytes.string(target.path),
      ])
    }
    return table.lines(indent: "  ") { text, row, _ in row < 0 ? style.faint(text) : text }
  }
}
