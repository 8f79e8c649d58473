// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesHost
import CachefilesStore

/// The answers for files, as a table of files or of directories, or as one document.
struct CachedView: Renderable {
  let files: [JudgedFile]
  let directories: [[UInt8]: CachedFileTotals]
  let totals: CachedFileTotals
  /// Whether directories are lines.
  let isTree: Bool
  /// The cache in which they were looked for.
  let root: [UInt8]

  private static let barWidth = 20

  private var sortedDirectories: [(path: [UInt8], totals: CachedFileTotals)] {
    directories.map { (path: $0.key, totals: $0.value) }.sorted { $0.path.lexicographicallyPrecedes($1.path) }
  }

  func write(to json: inout JSONWriter) {
    json.root(root)
    json.array("files") { json in
      for file in files { json.object { CachedFileView(file: file).write(to: &$0) } }
    }
    if isTree {
      json.array("directories") { json in
        for directory in sortedDirectories {
          json.object { json in
            json.bytes("directory", directory.path)
            Self.write(directory.totals, to: &json)
          }
        }
      }
    }
    json.object("totals") { Self.write(totals, to: &$0) }
  }

  private static func write(_ totals: CachedFileTotals, to json: inout JSONWriter) {
    json.number("files", totals.files)
    json.number("file_bytes", totals.fileBytes)
    json.number("cached_bytes", totals.cachedBytes)
    json.decimal("share", totals.share)
    json.object("states") { json in
      for state in CachedFileJudgement.State.allCases {
        json.key(state.rawValue)
        json.number(nil, totals.count(state))
      }
    }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    var lines: [String] = []
    if !files.isEmpty { lines += fileLines(style, verbose) }
    if isTree {
      if !files.isEmpty { lines.append("") }
      lines += directoryLines(style)
    } else if files.count > 1 {
      lines.append("")
      lines.append(style.strong(summary))
    }
    return lines
  }

  private var summary: String {
    "\(Quantity.percent(totals.share)) of \(Quantity.size(totals.fileBytes)) in \(Quantity.count(totals.files, "file"))"
  }

  private func fileLines(_ style: Style, _ verbose: Bool) -> [String] {
    var table = Table([
      ("STATE", .left), ("CACHED", .right), ("DATA", .right), ("FILE SIZE", .right), ("RUNS", .right), ("", .left),
      ("FILE", .left),
    ])
    for file in files {
      let judgement = file.judgement
      let runs = judgement.runs.map { (offset: $0.lowerBound, length: $0.upperBound - $0.lowerBound) }
      table.add([
        judgement.state.rawValue, Quantity.percent(file.share), Quantity.size(judgement.cachedBytes),
        Quantity.size(file.fileBytes), String(judgement.runs.count),
        Bar.map(runs, size: file.fileBytes, width: Self.barWidth), EscapedBytes.string(file.path),
      ])
    }
    let lines = table.lines(style, isWhole: verbose) { text, row, column in
      if row < 0 { return style.faint(text) }
      if column == 0 { return Self.paint(text, files[row].judgement.state, style) }
      return column == 5 ? style.drawing(text) : text
    }
    var result = [lines[0]]
    for (line, file) in zip(lines.dropFirst(), files) {
      result.append(line)
      // What could not be compared is of interest to few; everything else is to all.
      let isLimit = [.cached, .partial, .empty].contains(file.judgement.state)
      if let reason = file.judgement.reason, verbose || !isLimit { result.append(style.faint("         " + reason)) }
      if verbose, let place = file.mapping.main {
        result.append(style.faint("         " + EscapedBytes.string(CachedFileView.path(place.components))))
      }
    }
    return result
  }

  private static func paint(_ text: String, _ state: CachedFileJudgement.State, _ style: Style) -> String {
    switch state {
    case .cached: style.good(text)
    case .stale, .dirty, .unknown: style.warning(text)
    case .partial, .empty, .absent: text
    }
  }

  private func directoryLines(_ style: Style) -> [String] {
    var table = Table([
      ("CACHED", .right), ("", .left), ("DATA", .right), ("FILE SIZE", .right), ("FILES", .right), ("WHOLE", .right),
      ("PART", .right), ("NONE", .right), ("STALE", .right), ("OTHER", .right), ("DIRECTORY", .left),
    ])
    func cells(_ totals: CachedFileTotals, _ name: String) -> [String] {
      [
        Quantity.percent(totals.share), Bar.share(totals.share, width: 10), Quantity.size(totals.cachedBytes),
        Quantity.size(totals.fileBytes), Quantity.count(totals.files), Quantity.count(totals.count(.cached)),
        Quantity.count(totals.count(.partial)), Quantity.count(totals.count(.empty, .absent)),
        Quantity.count(totals.count(.stale)), Quantity.count(totals.count(.dirty, .unknown)), name,
      ]
    }
    let sorted = sortedDirectories
    for directory in sorted { table.add(cells(directory.totals, EscapedBytes.string(directory.path))) }
    table.add(cells(totals, "in all"))
    return table.lines(style) { text, row, column in
      if row < 0 { return style.faint(text) }
      if column == 1 { return style.drawing(text) }
      return row == sorted.count ? style.strong(text) : text
    }
  }
}
