// SPDX-License-Identifier: Apache-2.0

/// The few styles that the program uses, by what they mean.
struct Style: Sendable {
  /// Whether escape sequences are written at all.
  let isOn: Bool
  /// How many columns a table may have; nil where nobody looks at it.
  var columns: Int?
  /// How many rows the terminal has; nil where nobody looks at it.
  var rows: Int?
  /// Whether escapes that stand for characters are shown as these (``ReadableText``): what counts the columns of a text has to know.
  var isReadable = false

  /// A text with escapes of `EscapedBytes` as it will be seen.
  func seen(_ text: String) -> String { isReadable ? ReadableText.of(text) : text }

  /// How many rows of a table of so many are printed: on a terminal the first ones of more than a screenful.
  func limit(_ count: Int, all: Bool) -> Int {
    guard let rows, !all, count > max(10, rows) else { return count }
    return max(10, rows / 2)
  }

  /// What a reader looks for first.
  func strong(_ text: String) -> String { wrap(text, "1") }
  /// What can be skipped.
  func faint(_ text: String) -> String { wrap(text, "2") }
  /// All is well.
  func good(_ text: String) -> String { wrap(text, "32") }
  /// Worth a look.
  func warning(_ text: String) -> String { wrap(text, "33") }
  /// Wrong.
  func bad(_ text: String) -> String { wrap(text, "31;1") }
  /// Bars and other drawings.
  func drawing(_ text: String) -> String { wrap(text, "36") }

  private func wrap(_ text: String, _ code: String) -> String {
    isOn && !text.isEmpty ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }
}
