// SPDX-License-Identifier: Apache-2.0
import LinuxIO

/// Standard error: notes and failures, a line each.
enum StandardError {
  /// Writes one line at once.
  static func line(_ text: String) { write(text + "\n") }

  /// Writes a text that the next one goes on with.
  static func write(_ text: String) {
    StandardStreams.writeError(Array(Terminal.shown(text, isTerminal: isTerminal).utf8))
  }

  private static let isTerminal = StandardStreams.isTerminal(2)
}
