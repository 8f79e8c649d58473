// SPDX-License-Identifier: Apache-2.0
import LinuxIO

/// What a terminal can show.
enum Terminal {
  /// The columns and rows to keep to: those of the environment (`COLUMNS`, `LINES`), else of the terminal; without either a
  /// table is as wide and as long as it is.
  static func size(of stream: OutputStream) -> (columns: Int?, rows: Int?) {
    let window = stream.isTerminal ? StandardStreams.windowSize(1) : nil
    func value(_ name: String, _ measured: Int?) -> Int? {
      if let given = Environment.value(name).flatMap({ Int($0) }), given > 0 { return given }
      return measured.flatMap { $0 > 0 ? $0 : nil }
    }
    return (value("COLUMNS", window?.columns), value("LINES", window?.rows))
  }

  /// Whether only ASCII is shown: a locale that was chosen to be `C` or `POSIX`, or a terminal named `dumb`. Without any
  /// locale in the environment, as under cron, text is UTF-8.
  static let isPlain: Bool = {
    let locale = Environment.value("LC_ALL") ?? Environment.value("LC_CTYPE") ?? Environment.value("LANG")
    return locale == "C" || locale == "POSIX" || Environment.value("TERM") == "dumb"
  }()

  /// A line as it is shown where it goes.
  static func shown(_ text: String, isTerminal: Bool) -> String {
    isPlain ? plain(text) : isTerminal ? ReadableText.of(text) : text
  }

  /// A line with what is drawn or abbreviated in ASCII.
  static func plain(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    var result = ""
    var isRaised = false
    for character in text {
      if let digit = superscripts.firstIndex(of: character) {
        result += isRaised ? "\(digit)" : "^\(digit)"
        isRaised = true
        continue
      }
      isRaised = false
      result += ascii[character] ?? (character.isASCII ? String(character) : "?")
    }
    return result
  }

  private static let superscripts = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")

  /// What is drawn, abbreviated or set for its looks, in ASCII.
  private static let ascii: [Character: String] = {
    let alike: [(String, String)] = [
      ("█▉▊▋▌", "#"), ("▍▎░–—−─", "-"), ("▏▕│├└", "|"), ("▓", "%"), ("▒", "+"), ("·", "."), ("…", "..."), ("→", "->"),
      ("±", "+-"), ("×", "x"), ("≤", "<="), ("≥", ">="), ("µ", "u"), ("∕", "/"), ("“”«»", "\""), ("‘’", "'"),
    ]
    return Dictionary(uniqueKeysWithValues: alike.flatMap { group in group.0.map { ($0, group.1) } })
  }()
}
