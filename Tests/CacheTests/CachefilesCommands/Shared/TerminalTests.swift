// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import CachefilesCommands

@Suite("What a plain terminal shows")
struct TerminalTests {
  @Test(
    "everything is ASCII, and means the same",
    arguments: [
      ("up to 2\u{2076}\u{b3}", "up to 2^63"), ("10 \u{d7} 3 \u{2264} 30", "10 x 3 <= 30"), ("1\u{2013}4", "1-4"),
      ("4 \u{b5}s\u{2026}", "4 us..."),
      ("\u{1f600}", "?"), ("plain", "plain"),
    ])
  func plain(text: String, shown: String) {
    #expect(Terminal.plain(text) == shown)
  }
}
