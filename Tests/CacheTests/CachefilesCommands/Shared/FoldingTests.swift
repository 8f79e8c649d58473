// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CachefilesCommands

@Suite("Lines that fit the terminal")
struct FoldingTests {
  private let text = "[██     ] 63.9 GiB until culling begins, 74.0 GiB until nothing new is cached, and one more word"

  @Test("no line is longer, no word is broken, and nothing is lost", arguments: [30, 40, 60, 80, 100, 200])
  func fits(columns: Int) {
    let lines = Style(isOn: false, columns: columns).folded(text, indent: 10)
    #expect(lines.enumerated().allSatisfy { ($0 == 0 ? 10 : 0) + $1.count <= columns })
    let joined = lines.map { $0.drop { $0 == " " } }.joined(separator: " ")
    #expect(joined == text)
  }

  @Test("where nobody looks it is one line", arguments: [nil, 15])
  func whole(columns: Int?) {
    #expect(Style(isOn: false, columns: columns).folded(text, indent: 10) == [text])
  }
}
