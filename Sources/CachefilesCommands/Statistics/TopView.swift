// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey

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
