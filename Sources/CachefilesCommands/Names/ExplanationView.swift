// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CachefilesFormat
import LinuxIO
import SystemPackage

/// One message or id, explained.
struct ExplanationView: Renderable {
  let match: LogMessage.Match?
  let text: [UInt8]
  var count: Int?
  /// For an id.
  var explanation: Explanation?

  func write(to json: inout JSONWriter) {
    json.bytes("text", text)
    if let count { json.number("count", count) }
    if let match { PastedAnswer.write(match, to: &json) }
    if let explanation {
      ExplanationLine(explanation: explanation).write(to: &json)
      if !explanation.advice.isEmpty { json.text("advice", explanation.advice) }
      if !explanation.lines.isEmpty { json.text("text_md", explanation.lines.joined(separator: "\n")) }
    }
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    var card = Card(EscapedBytes.string(text), style)
    if let count, count > 1 { card.add("seen", "\(count) times, this is the last") }
    if let match { PastedAnswer.add(match, to: &card) }
    guard let explanation else { return card.lines }
    card.add(explanation.kind.rawValue, explanation.summary)
    if !explanation.advice.isEmpty { card.add("advice", explanation.advice) }
    return card.lines + (explanation.text.isEmpty ? [] : [""]) + explanation.text
  }
}
