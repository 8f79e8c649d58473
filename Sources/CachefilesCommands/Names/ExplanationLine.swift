// SPDX-License-Identifier: Apache-2.0

/// An id in the list of what can be explained.
struct ExplanationLine: Renderable {
  let explanation: Explanation

  func write(to json: inout JSONWriter) {
    json.text("id", explanation.id)
    json.text("kind", explanation.kind.rawValue)
    json.text("summary", explanation.summary)
  }

  private static let width = (Explanation.all.map(\.id.count).max() ?? 0) + 2

  func lines(_ style: Style, verbose: Bool) -> [String] {
    let (id, kind) = (explanation.id.padded(Self.width), explanation.kind.rawValue.padded(9))
    return style.folded(explanation.summary, indent: id.count + kind.count).enumerated().map { number, text in
      number == 0 ? style.strong(id) + kind + text : text
    }
  }
}
