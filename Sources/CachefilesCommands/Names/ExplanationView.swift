import ArgumentParser
import CachefilesFormat
import LinuxIO
import SystemPackage

/// One message, explained.
struct ExplanationView: Renderable {
  let match: LogMessage.Match
  let text: [UInt8]
  var count: Int?

  func write(to json: inout JSONWriter) {
    json.bytes("text", text)
    if let count { json.number("count", count) }
    PastedAnswer.write(match, to: &json)
  }

  func lines(_ style: Style, verbose: Bool) -> [String] {
    var card = Card(EscapedBytes.string(text), style)
    if let count, count > 1 { card.add("seen", "\(count) times, this is the last") }
    PastedAnswer.add(match, to: &card)
    return card.lines
  }
}
