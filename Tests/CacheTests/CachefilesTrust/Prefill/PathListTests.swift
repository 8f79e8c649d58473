// SPDX-License-Identifier: Apache-2.0
import CachefilesStore
import TestSupport
import Testing

@testable import CachefilesTrust

/// Lists of files.
@Suite("Lists of paths")
struct PathListTests {
  let scratch = ScratchDirectory()

  private func list(_ text: String, isNull: Bool = false) throws -> PathList {
    try scratch.write("list", Array(text.utf8))
    return try PathList(scratch.path("list"), isNull: isNull)
  }

  private func texts(_ list: PathList) -> [String] { list.paths.map { String(decoding: $0, as: UTF8.self) } }

  @Test("Lines, with escapes, comments and blank lines")
  func lines() throws {
    #expect(try texts(list("/a\n# no\n\n/b\\x20c\r\n/d\\\\e")) == ["/a", "/b c", "/d\\e"])
  }

  @Test("With a NUL behind each they are taken as they are")
  func null() throws {
    #expect(try texts(list("/a\n\\x20\0#b\0\0/c", isNull: true)) == ["/a\n\\x20", "#b", "/c"])
  }

  @Test("JSON lines with path or file; those that name none are counted")
  func json() throws {
    let read = try list(
      """
      {"schema":"x","path":"/a\\\\x20b","size":3}
      {"file":"/c"}
      {"path":null}
      {}
      """)
    #expect(texts(read) == ["/a b", "/c"])
    #expect(read.nameless == 2)
  }

  @Test("What is not understood is refused with its line, and what cannot be read with the reason")
  func refused() throws {
    #expect(throws: StoreError.self) { _ = try list("{\"path\":\"/a\"}\nnonsense\n") }
    #expect(throws: StoreError.self) { _ = try PathList(scratch.path("none"), isNull: false) }
  }
}
