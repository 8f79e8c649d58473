// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// Which nodes have a data set, and how much of it.
struct WhereView: Renderable {
  let path: [UInt8]
  let nodes: [FleetNode]
  private let totalFiles: Int
  private let totalBytes: UInt64
  private let isKnown: Bool

  /// Takes an answer.
  ///
  /// - Parameter share: nodes with a smaller share are left out.
  init(path: [UInt8], known: [FleetNode], atLeast share: Double) {
    self.path = path
    nodes = known.filter { $0.share >= share }
    isKnown = !known.isEmpty
    totalFiles = known.first?.totalFiles ?? 0
    totalBytes = known.first?.totalBytes ?? 0
  }

  func write(to json: inout JSONWriter) {
    json.bytes("path", path)
    json.number("total_files", totalFiles)
    json.number("total_bytes", totalBytes)
    json.array("nodes") { json in
      for node in nodes {
        json.object { json in
          json.bytes("host", EscapedBytes.unescape(Array(node.host.utf8).span))
          json.decimal("share", node.share)
          json.number("files", node.files)
          json.number("cached_bytes", node.cachedBytes)
          json.number("stale_bytes", node.staleBytes)
        }
      }
    }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    let name = EscapedBytes.string(path)
    guard isKnown else { return ["\(name): not known on any node"] }
    var table = Table([("CACHED", .right), ("DATA", .right), ("FILES", .right), ("STALE", .right), ("NODE", .left)])
    for node in nodes {
      table.add([
        Quantity.percent(node.share), Quantity.size(node.cachedBytes), Quantity.count(node.files),
        node.staleBytes == 0 ? "" : Quantity.size(node.staleBytes), node.host,
      ])
    }
    let total = "\(Quantity.count(totalFiles, "file")), \(Quantity.size(totalBytes))"
    if nodes.isEmpty { return ["\(style.strong(name)): \(total); no node has so much of it"] }
    let holders = nodes.filter { $0.files > 0 }
    let head = "\(style.strong(name)): \(total), on \(Quantity.count(holders.count, "node"))"
    return [head]
      + table.lines(style) { text, row, column in
        row < 0 || column == 3 ? style.faint(text) : text
      }
  }
}
