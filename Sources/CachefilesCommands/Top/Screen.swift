// SPDX-License-Identifier: Apache-2.0

/// Where looks are drawn: the alternate screen of a terminal, each over the one before; elsewhere they follow one another.
final class Screen {
  /// Whether there is a screen to draw on.
  let isOpen: Bool
  private let stream: OutputStream
  private let rows: Int
  private var isShown = false
  private var hasDrawn = false

  init(_ output: Output) {
    stream = output.stream
    isOpen = output.format == .text && output.style.isOn && output.style.rows != nil
    rows = max(4, (output.style.rows ?? 1) - 1)
  }

  /// Draws a look.
  func draw(_ view: TopLookView, _ output: Output) {
    defer { stream.flush() }
    guard isOpen else {
      if hasDrawn, output.format == .text { stream.line() }
      hasDrawn = true
      return output.render(view, command: "top")
    }
    if !isShown { stream.append { $0 += "\u{1b}[?1049h\u{1b}[?25l".utf8 } }
    isShown = true
    // Each line is cleared behind its text, and the rest below the last one: nothing flickers.
    let lines = view.lines(output.style, verbose: output.isVerbose).prefix(rows)
    let text = lines.map { $0 + "\u{1b}[K\r\n" }.joined()
    stream.append { $0 += "\u{1b}[H\(text)\u{1b}[J".utf8 }
  }

  /// Leaves the screen as it was.
  func close() {
    guard isShown else { return }
    isShown = false
    stream.append { $0 += "\u{1b}[?25h\u{1b}[?1049l".utf8 }
    stream.flush()
  }
}
