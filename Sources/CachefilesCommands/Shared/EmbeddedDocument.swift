// SPDX-License-Identifier: Apache-2.0
import CDocuments

/// A document of this package that the program has with it.
struct EmbeddedDocument {
  /// A part under a heading.
  struct Section {
    /// The heading without its marks.
    let title: String
    /// The lines below it, as they stand in the document.
    let lines: [Substring]

    /// What stands before a colon or a full stop in the heading: `O06`, `K6`, `full`.
    var name: String { String(title.prefix { $0 != ":" && $0 != "." }) }
  }

  /// What kernels, daemons and documents get wrong.
  static let errata = EmbeddedDocument("Errata.md")
  /// Problems of a cache.
  static let problems = EmbeddedDocument("Problems.md")
  /// What to do when something is wrong.
  static let recipes = EmbeddedDocument("Recipes.md")

  /// The whole text.
  let text: String

  /// The document of a name.
  init(_ name: String) {
    let found = (0..<embedded_document_count).lazy.compactMap { embedded_document_at($0)?.pointee }.first {
      String(cString: $0.name) == name
    }
    text = found.map { String(decoding: UnsafeBufferPointer(start: $0.bytes, count: $0.size), as: UTF8.self) } ?? ""
  }

  /// The sections with a heading of a level: 2 for `##`.
  func sections(level: Int) -> [Section] {
    let mark = String(repeating: "#", count: level) + " "
    var sections: [Section] = []
    var (title, lines): (String?, [Substring]) = (nil, [])
    var isCode = false
    func close() { if let title { sections.append(Section(title: title, lines: lines)) } }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.drop(while: { $0 == " " }).hasPrefix("```") { isCode.toggle() }
      let isHeading = !isCode && line.hasPrefix("#") && line.prefix { $0 == "#" }.count <= level
      if isHeading {
        close()
        (title, lines) = (line.hasPrefix(mark) ? String(line.dropFirst(mark.count)) : nil, [])
      } else {
        lines.append(line)
      }
    }
    close()
    return sections
  }

  /// The section of a name, at any of two levels.
  func section(named name: String) -> Section? {
    (sections(level: 3) + sections(level: 2)).first { $0.name.lowercased() == name.lowercased() }
  }
}
