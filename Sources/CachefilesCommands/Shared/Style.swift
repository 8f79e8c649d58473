/// The few styles that the program uses, by what they mean.
struct Style: Sendable {
  /// Whether escape sequences are written at all.
  let isOn: Bool

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
