// SPDX-License-Identifier: Apache-2.0
import CachefilesFormat

/// One record that was parsed or built.
struct RecordAnswer: Renderable {
  let view: RecordView
  /// Whether the value is what was asked for.
  var isBuilt = false

  func write(to json: inout JSONWriter) {
    if isBuilt { json.hex("hex", view.value.span) }
    json.object("record") { view.write(to: &$0) }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    var card = Card(view.isVolume ? "volume record" : "object record", style)
    view.add(to: &card, style)
    return card.lines
  }
}
