// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import LinuxIO

/// When to colour: `--color auto|always|never`.
enum ColourChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
  case auto, always, never

  /// Whether to colour what goes to this stream. `NO_COLOR` and a terminal named `dumb` switch `auto` off.
  func isOn(for stream: OutputStream) -> Bool {
    switch self {
    case .always: return true
    case .never: return false
    case .auto:
      if Environment.value("NO_COLOR") != nil { return false }
      if Environment.value("TERM") == "dumb" { return false }
      return stream.isTerminal
    }
  }
}
