// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CachefilesCommands

@Suite("Tables")
struct TableTests {
  private static let path = "data/s\\xc3\\xa9quence/f\\\\x\\x1b/caf\\xc3\\xa9-plates-of-the-whole-year"

  @Test("a shortened text is no longer than the room, and breaks no escape", arguments: 2...80)
  func shortened(width: Int) {
    let text = Table.shortened(Self.path, to: width)
    #expect(text.count <= width || text == Self.path)
    // Every backslash begins an escape that is whole.
    var rest = text[...]
    while let start = rest.firstIndex(of: "\\") {
      let next = rest[rest.index(after: start)...]
      let isWhole =
        next.first == "\\"
        || (next.first == "x" && next.dropFirst().prefix(2).allSatisfy(\.isHexDigit) && next.count >= 3)
      #expect(isWhole, "\(text)")
      rest = next.dropFirst(next.first == "x" ? 3 : 1)
    }
  }

  @Test("at a terminal a column is as wide as its characters, not as their escapes", arguments: [30, 40, 60])
  func readable(columns: Int) {
    var table = Table([("SIZE", .right), ("PATH", .left)])
    table.add(["1", Self.path])
    let lines = table.lines(Style(isOn: false, columns: columns, isReadable: true))
    #expect(lines.allSatisfy { $0.count <= columns })
    #expect(!lines[1].contains("\\xc3"))
    #expect(lines[1].hasPrefix("   1  data/s\u{e9}q"))
  }

  @Test(
    "no line is longer than the terminal: bars go first, then columns on the right, never the last", arguments: 26...90)
  func fits(columns: Int) {
    var table = Table([("DISK", .right), ("", .left), ("OBJECTS", .right), ("RUNS", .right), ("VOLUME", .left)])
    table.add(["57.6 MiB", "##########", "178", "12 345", "NFS 4.2  127.0.0.1:2049  fsid 0:0"])
    let lines = table.lines(Style(isOn: false, columns: columns))
    #expect(lines.allSatisfy { $0.count <= columns })
    #expect(lines[0].contains("DISK") && lines[0].contains("VOLUME"))
    #expect(!lines[1].contains("#") || lines[0].contains("RUNS"))
    #expect(!lines[0].contains("RUNS") || lines[0].contains("OBJECTS"))
    #expect(lines[1].contains("#") == (columns >= 8 + 2 + 10 + 2 + 7 + 2 + 6 + 2 + 16))
  }

  @Test("nothing is cut where nobody asked for it")
  func whole() {
    var table = Table([("PATH", .left)])
    table.add([Self.path])
    #expect(table.lines(Style(isOn: false, columns: 20), isWhole: true)[1] == Self.path)
    #expect(table.lines(Style(isOn: false))[1] == Self.path)
  }
}
