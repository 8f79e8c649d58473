// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import CachefilesStore
import CachefilesSurvey
import LinuxIO

/// Writes what the files of a mounted tree have in a cache in the format of `ncdu -f` and `gdu -f`: the tree of the mount,
/// and beside it, as one entry each, what no file was found for.
struct PathExport {
  let report: StatisticsReport
  let usage: PathUsage
  /// The mounted tree.
  let tree: [UInt8]

  private static let slash = UInt8(ascii: "/")

  /// Writes everything, in pieces.
  func write(_ time: Timestamp, _ write: ([UInt8]) -> Void) {
    write(NcduWriter(time: time).head())
    var text: [UInt8] = []
    begin(tree, to: &text)
    // The directories that are open, by their names.
    var open: [ArraySlice<UInt8>] = []
    for (path, items) in usage.inOrder {
      let parts = path.dropFirst(tree.count).split(separator: Self.slash)
      let common = zip(open, parts).prefix { $0 == $1 }.count
      while open.count > common {
        text.append(UInt8(ascii: "]"))
        open.removeLast()
      }
      for part in parts[common...] {
        begin(Array(part), to: &text)
        open.append(part)
      }
      for item in items { add(item, to: &text) }
      write(text)
      text.removeAll(keepingCapacity: true)
    }
    text += [UInt8](repeating: UInt8(ascii: "]"), count: open.count)
    addRest(to: &text)
    text += "]".utf8
    write(text + NcduWriter(time: time).tail)
  }

  private func begin(_ name: [UInt8], to text: inout [UInt8]) {
    text += ",\n[".utf8
    text += Self.entry(EscapedBytes.string(name)) { _ in }
  }

  private func add(_ item: PathUsage.Item, to text: inout [UInt8]) {
    text += ",\n".utf8
    text += Self.entry(EscapedBytes.string(item.name)) { json in
      if item.size > 0 { json.number("asize", item.size) }
      if item.allocatedBytes > 0 { json.number("dsize", item.allocatedBytes) }
      json.number("ino", item.inode)
      json.number("mtime", item.times.modification.seconds)
      // Another name of a file counts no second time.
      if item.isSeen { json.bool("hlnkc", true) }
    }
  }

  private func addRest(to text: inout [UInt8]) {
    let groups = UsageGroups(report, by: usage, below: [tree], levels: 0).groups
    let rest = groups.filter { if case .path = $0.label { false } else { true } }
    guard !rest.isEmpty else { return }
    begin(Array("(not found here)".utf8), to: &text)
    for group in rest {
      // A slash would look like a directory.
      let words = String(group.label.words.map { $0 == "/" ? "∕" : $0 })
      let count = group.tally.objects > 0 ? "  \(Quantity.count(group.tally.objects, "object"))" : ""
      text += ",\n".utf8
      text += Self.entry(words + count) { json in
        if group.tally.fileBytes > 0 { json.number("asize", group.tally.fileBytes) }
        if group.tally.diskBytes > 0 { json.number("dsize", group.tally.diskBytes) }
        json.bool("notreg", true)
      }
    }
    text.append(UInt8(ascii: "]"))
  }

  private static func entry(_ name: String, _ more: (inout JSONWriter) -> Void) -> [UInt8] {
    var json = JSONWriter(pretty: false)
    json.object { json in
      json.text("name", name)
      more(&json)
    }
    return json.bytes
  }
}
