// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat
import Testing

@testable import CachefilesCommands

@Suite("Text at a terminal")
struct ReadableTextTests {
  @Test("letters of UTF-8 are themselves", arguments: ["dünn", "/srv/日本/x", "a\u{301}", "🙂", "plain", ""])
  func letters(text: String) {
    #expect(ReadableText.of(EscapedBytes.string(Array(text.utf8))) == text)
  }

  @Test(
    "what cannot be seen, or is no UTF-8, stays escaped",
    arguments: [
      [0x1b, 0x5b], [0xc2, 0x9b], [0xe2, 0x80, 0xae], [0xe2, 0x80, 0xa8], [0xc2, 0xa0], [0xff, 0xfe], [0xc3],
      [0xc3, 0x28],
      [0xed, 0xa0, 0x80], [0xee, 0x80, 0x80], [0xc0, 0xaf], [0xf4, 0x90, 0x80, 0x80], [0x0a],
    ] as [[UInt8]])
  func others(bytes: [UInt8]) {
    #expect(ReadableText.of(EscapedBytes.string(bytes)) == EscapedBytes.string(bytes))
  }

  @Test("a name that looks like an escape is none", arguments: [#"\xc3\xbc"#, #"\\xc3\xbc"#, #"x\"#])
  func looksLikeOne(name: String) {
    let escaped = EscapedBytes.string(Array(name.utf8))
    #expect(ReadableText.of(escaped) == escaped)
  }
}
