// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey

/// The distributions of a cache: lengths, last use, fanout directories.
struct DistributionView {
  let report: StatisticsReport

  private var distributions: Distributions { report.statistics.distributions }
  /// How evenly objects lie in the fanout directories.
  var balance: FanoutBalance { FanoutBalance(distributions.fanouts.map(\.objects)) }

  func write(to json: inout JSONWriter) {
    json.object("encodings") { json in
      for (name, tally) in zip(Encodings.names, distributions.encodings) {
        json.key(name)
        json.number(nil, tally.objects)
      }
    }
    for (key, kind) in [("sizes" as StaticString, UsageGroups.Kind.size), ("ages", .age)] {
      json.array(key) { json in
        for group in UsageGroups.classes(distributions, kind) {
          json.object { json in
            group.label.writeLimits(to: &json)
            json.number("objects", group.tally.objects)
            json.number("disk_bytes", group.tally.diskBytes)
            json.number("file_bytes", group.tally.fileBytes)
          }
        }
      }
    }
    json.object("fanout") { json in
      json.decimal("mean", balance.mean)
      json.number("fewest", balance.range.lowerBound)
      json.number("most", balance.range.upperBound)
      json.decimal("chi_squared", balance.chiSquared)
      json.number("degrees_of_freedom", 255)
      if balance.isMeaningful { json.bool("uneven", balance.isUneven) } else { json.null("uneven") }
      json.array("objects") { json in for tally in distributions.fanouts { json.number(nil, tally.objects) } }
    }
  }

  func lines(_ style: Style) -> [String] {
    var lines = histogram("SIZE", .size, style)
    lines += [""] + histogram("LAST USED", .age, style)
    return lines + [""] + fanoutLines(style)
  }

  /// Objects in classes, from the first class that holds some to the last.
  private func histogram(_ title: String, _ kind: UsageGroups.Kind, _ style: Style) -> [String] {
    let classes = UsageGroups.classes(distributions, kind)
    guard let first = classes.firstIndex(where: { $0.tally.objects > 0 }),
      let last = classes.lastIndex(where: { $0.tally.objects > 0 })
    else { return [style.faint("\(title.lowercased()): no objects")] }
    var table = Table([(title, .left), ("OBJECTS", .right), ("", .left), ("DISK", .right)])
    let most = classes.map(\.tally.objects).max() ?? 1
    for group in classes[first...last] {
      table.add([
        group.label.words, Quantity.count(group.tally.objects),
        Bar.share(Double(group.tally.objects) / Double(most), width: 40), Quantity.size(group.tally.diskBytes),
      ])
    }
    return table.lines(style) { text, row, column in
      if row < 0 { return style.faint(text) }
      return column == 2 ? style.drawing(text) : text
    }
  }

  /// What the spread over the fanout directories tells.
  var verdict: String {
    let range = "\(balance.range.lowerBound) to \(balance.range.upperBound) objects in a directory"
    guard balance.isMeaningful else { return range + ", too few to judge their spread" }
    return range + ", chi-squared \(Quantity.fixed(balance.chiSquared, 1)) (even: 255 ± 23): "
      + (balance.isUneven ? "uneven" : "even")
  }

  private func fanoutLines(_ style: Style) -> [String] {
    var lines = [style.faint("FANOUT  ") + (balance.isUneven ? style.warning(verdict) : verdict)]
    guard balance.isMeaningful else { return lines }
    let counts = distributions.fanouts.map(\.objects)
    lines.append(style.faint("     " + (0..<16).map { "-" + String($0, radix: 16) }.joined()))
    for row in 0..<16 {
      let cells = counts[row * 16..<row * 16 + 16].map { Bar.shade($0, of: balance.range.upperBound) }
      lines.append(
        style.faint("  @\(String(row, radix: 16))-") + style.drawing(cells.map { $0 + $0 }.joined()))
    }
    lines.append(style.faint("     each ▒▒ is a directory: · none, ░ to █ up to the most objects"))
    return lines
  }
}
