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
    }
  }
}

/// The first objects by size, last use and runs of data.
struct TopView {
  let report: StatisticsReport

  func write(to json: inout JSONWriter) {
    guard !report.top.isEmpty else { return }
    json.object("top") { json in
      for (order, objects) in report.top {
        json.key(Self.name(order))
        json.array { json in
          for item in objects {
            json.object { json in
              ObjectLine(item: item, now: report.questions.now).write(to: &json)
              if order == .extents { json.number("extents", item.extents) }
            }
          }
        }
      }
    }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    report.top.flatMap { order, objects in
      let title = "\(Self.name(order).split(separator: "_").joined(separator: " ")) objects"
      return ["", style.strong(title)]
        + objects.flatMap { item in
          let line = ObjectLine(item: item, now: report.questions.now).lines(style, verbose: verbose)
          return order == .extents ? line.map { "\(Quantity.count(item.extents, "run").right(10)) \($0)" } : line
        }
    }
  }

  private static func name(_ order: ObjectListing.Order) -> String {
    switch order {
    case .size: "largest"
    case .atime: "least_recently_used"
    case .extents: "most_fragmented"
    case .name: "first"
    }
  }
}
